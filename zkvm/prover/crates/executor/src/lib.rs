//! The Rust executor of the ZK-VM: programs, host, machine, traces.

pub mod isa;
pub mod program;
pub mod trace;
