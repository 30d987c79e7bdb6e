//! Prover, verifier and receipts of the ZK-VM over Plonky3.
