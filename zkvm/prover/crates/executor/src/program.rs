//! Programs (ISA 7).

/// A decoded, linted program.
#[derive(Clone, Debug)]
pub struct Program {}
