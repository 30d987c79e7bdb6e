//! HASH1 and HASH2 of messages whose digests the claim lists: no permutation, the verifier has made the digest itself.
//!
//! Fills `listing`; receives the entry's digest and its words from the claim.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::ListedWordsAir;
pub use columns::ListedWordsCols;
pub use generate::ListedWordsRows;
