//! What a proof costs, by table.

use p3_air::BaseAir;
use p3_lookup::Lookups;
use serde::Serialize;
use sol2zk_chips::bus::F;

use crate::tables::Table;

/// One table's cost.
#[derive(Clone, Debug, Serialize)]
pub struct TableCost {
    /// Table.
    pub name: &'static str,
    /// Rows, padding included.
    pub rows: usize,
    /// Main columns.
    pub width: usize,
    /// Preprocessed columns.
    pub fixed_width: usize,
    /// Main cells.
    pub cells: usize,
    /// Interactions a row.
    pub interactions: usize,
    /// Message fields a row.
    pub fields: usize,
    /// Auxiliary extension columns (fractions and the accumulator).
    pub auxiliary: usize,
}

impl TableCost {
    /// The cost of a table of this shape.
    pub fn of(table: &Table, rows: usize, width: usize, lookups: &Lookups<F>) -> Self {
        let interactions = lookups.iter().map(|lookup| lookup.elements.len()).sum();
        let fields = lookups.iter().flat_map(|lookup| &lookup.elements).map(Vec::len).sum();
        let auxiliary = lookups.iter().count() + 1;
        Self { name: table.name(), rows, width, fixed_width: table.preprocessed_width(), cells: rows * width, interactions, fields, auxiliary }
    }

    /// Bytes that the prover holds for the table: main cells twice and extended, auxiliary extension columns and two quotient chunks
    /// likewise (measured: README, "Decisions").
    pub fn prover_bytes(&self, log_blowup: usize) -> u64 {
        const FIELD: usize = 4;
        const EXTENSION: usize = 5;
        let extended = 1 << log_blowup;
        (FIELD * self.rows * (self.width * (2 + extended) + EXTENSION * (self.auxiliary + 2) * (1 + extended))) as u64
    }
}

/// What a proof cost.
#[derive(Clone, Debug, Serialize)]
pub struct Cost {
    /// By table.
    pub tables: Vec<TableCost>,
    /// Seconds of witness generation.
    pub witness_s: f64,
    /// Seconds from the trace to the receipt's bytes.
    pub prove_s: f64,
    /// Size of the receipt.
    pub receipt_bytes: usize,
}
