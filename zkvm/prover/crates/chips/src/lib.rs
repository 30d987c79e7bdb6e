//! The constraint systems of the ZK-VM: one module a chip, each with columns, constraints and witness.
