//! AND, OR, XOR and NOT.
//!
//! A limb that is 0 or 0xffff settles the AND with the other operand's limb by a product, which covers address masks, packed words and cleared fields; other
//! limbs are looked up on LIMB_AND. OR and XOR follow from the AND, NOT needs nothing.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::BitwiseAir;
pub use columns::BitwiseCols;
pub use generate::BitwiseRows;
