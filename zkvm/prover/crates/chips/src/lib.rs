//! The constraint systems of the ZK-VM: one module a chip, each with columns, constraints and witness.
//!
//! A chip is a table whose rows are instructions of one family (or a part of one). Chips speak over the buses of [`bus`]; every
//! word that a chip puts on a bus is range-checked by that chip, unless it came from a bus unchanged.

pub mod bus;
pub mod columns;
pub mod context;
pub mod evaluate;
pub mod listing;
#[cfg(test)]
pub mod testing;
pub mod word;

pub mod boundary;
pub mod claim;
pub mod finish;
pub mod fixed;
pub mod flow;
pub mod frame;
pub mod gas;
pub mod rom;

pub mod absorb;
pub mod access;
pub mod addsub;
pub mod bitwise;
pub mod byte;
pub mod compare;
pub mod copy;
pub mod digest;
pub mod divmod;
pub mod expgas;
pub mod hash;
pub mod input;
pub mod keccak;
pub mod limb;
pub mod limb_and;
pub mod listed_memory;
pub mod listed_words;
pub mod log;
pub mod mgrow;
pub mod modmul;
pub mod mul;
pub mod observe;
pub mod power;
pub mod preimage;
pub mod shift;
pub mod slot;
pub mod sponge;
pub mod storage;
pub mod stream;
pub mod undo;
pub mod window;
