//! Why the oracle has no result.

use revm::primitives::Address;
use thiserror::Error;

/// Why there is no result.
#[derive(Clone, Debug, Error)]
pub enum OracleError {
    /// The request is malformed.
    #[error("request: {0}")]
    Request(String),
    /// A value that the caller cannot pay.
    #[error("request: calls[{0}].value: the caller {1:?} cannot pay it")]
    Funds(usize, Address),
    /// A create where code, a nonce, storage or a precompile is.
    #[error("request: calls[{0}].to: a create at {1:?}, which is occupied")]
    Collision(usize, Address),
    /// A create by an account whose nonce cannot move.
    #[error("request: calls[{0}].caller: the nonce of {1:?} is the largest")]
    Nonce(usize, Address),
    /// Something that revm does not have: `SSTORE` under Constantinople (EIP-1283 lived on test networks only).
    #[error("not covered by the oracle: {0}")]
    NotCovered(&'static str),
    /// revm failed.
    #[error("revm: {0}")]
    Machine(String),
}
