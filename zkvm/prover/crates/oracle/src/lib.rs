//! The EVM oracle: revm behind the executors' request and result forms (ISA 8).
//!
//! A bare message is one frame, entered as revm's own loop enters the first frame of a transaction, but without the
//! transaction: no intrinsic gas, no fee, no nonce, no cap on gas, no code deposit. So `gas` is the frame's.
//! A bare create is a call frame whose code is the creation code, at the address that the request names.
//! A transaction goes through revm's handler, with its checks, fees and refunds.

pub mod error;
pub mod follow;
pub mod frame;
pub mod guide;
pub mod messages;
pub mod request;
pub mod result;
pub mod run;
pub mod trace;
pub mod transaction;
pub mod world;

#[cfg(test)]
mod tests;

pub use error::OracleError;
pub use run::{bench, run};
