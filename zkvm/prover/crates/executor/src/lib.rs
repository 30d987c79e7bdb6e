//! The Rust executor of the ZK-VM: programs, host, machine, traces.

pub mod gas;
pub mod host;
pub mod isa;
pub mod keccak;
pub mod lint;
pub mod machine;
pub mod program;
pub mod rlp;
pub mod rules;
mod schedule;
#[cfg(test)]
mod testing;
pub mod trace;
pub mod transaction;
pub mod word;
