//! The Rust executor of the ZK-VM: programs, host, machine, traces.

pub mod trace;
pub mod program;
pub mod isa;
