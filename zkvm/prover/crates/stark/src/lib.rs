//! Prover, verifier and receipts of the ZK-VM over Plonky3.
//!
//! [`witness`] turns a traced run into tables, [`prove`] proves them, [`receipt`] is the bytes, [`verify`] trusts none of them.

pub mod config;
pub mod cost;
pub mod expect;
pub mod key;
mod outline;
pub mod prove;
pub mod receipt;
pub mod security;
pub mod statement;
pub mod tables;
pub mod verdict;
pub mod verify;
pub mod witness;

#[cfg(test)]
mod tests;
