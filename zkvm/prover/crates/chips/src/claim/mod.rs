//! The claim: what the receipt says in the clear, as rows on the claim bus.

mod air;
#[cfg(test)]
mod tests;

pub use air::{ClaimAir, ClaimRow};
