//! What follows from a table's constraints alone: its messages and their degree, derived once in a process.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use p3_air::symbolic::AirLayout;
use p3_air::{Air, BaseAir};
use p3_batch_stark::ProverData;
use p3_batch_stark::folder::VerifierConstraintFolderWithLookups;
use p3_batch_stark::symbolic::get_max_constraint_degree;
use p3_lookup::{InteractionSymbolicBuilder, LogUpGadget, Lookups};
use sol2zk_chips::bus::{ChipBuilder, F};

use crate::config::{Challenge, Config};
use crate::tables::Table;

/// A table's shape and messages, without its fixed rows: of such tables nothing is committed to.
pub(crate) struct Outline<'a>(pub(crate) &'a Table);

impl BaseAir<F> for Outline<'_> {
    fn width(&self) -> usize {
        self.0.width()
    }
    fn preprocessed_width(&self) -> usize {
        self.0.preprocessed_width()
    }
    fn num_periodic_columns(&self) -> usize {
        self.0.num_periodic_columns()
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        self.0.main_next_row_columns()
    }
    fn preprocessed_next_row_columns(&self) -> Vec<usize> {
        self.0.preprocessed_next_row_columns()
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        self.0.max_constraint_degree()
    }
}

impl<B: ChipBuilder> Air<B> for Outline<'_> {
    fn eval(&self, builder: &mut B) {
        self.0.eval(builder);
    }
}

/// What evaluating a table's constraints symbolically gives.
pub(crate) struct Derived {
    /// Messages, packed into columns.
    pub(crate) lookups: Lookups<F>,
    /// Largest degree of a constraint, those of the messages included.
    pub(crate) degree: usize,
}

/// What was derived, by name of the table and rule set.
type Known = HashMap<(&'static str, u8), Arc<Derived>>;

/// By name and rule set: nothing else changes a table's constraints, so this holds a few entries for each table, whatever receipts say.
static DERIVED: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);

/// Evaluates a table's constraints symbolically.
pub(crate) fn derive(config: &Config, table: &Table, log_height: usize) -> Result<Derived, String> {
    let outline = Outline(table);
    let data = ProverData::from_airs_and_degrees(config, std::slice::from_ref(&outline), &[log_height]).map_err(|error| error.to_string())?;
    let lookups = data.common.lookups.into_iter().next().unwrap_or_default();
    let layout = AirLayout::from_air::<F>(&outline);
    let degree = get_max_constraint_degree::<F, Challenge, _, _>(&outline, layout, 1 << log_height, &lookups, &LogUpGadget::new());
    Ok(Derived { lookups, degree })
}

/// The same, from an earlier call in this process if there was one. Not for a table with periodic columns, whose degree depends on its height.
pub(crate) fn derived(config: &Config, table: &Table, log_height: usize) -> Result<Arc<Derived>, String> {
    if table.num_periodic_columns() != 0 {
        return derive(config, table, log_height).map(Arc::new);
    }
    let key = (table.name(), table.rules());
    if let Some(known) = DERIVED.lock().ok().and_then(|cache| cache.get(&key).cloned()) {
        return Ok(known);
    }
    let fresh = Arc::new(derive(config, table, log_height)?);
    if let Ok(mut cache) = DERIVED.lock() {
        cache.insert(key, Arc::clone(&fresh));
    }
    Ok(fresh)
}

/// A table as `verify_batch` takes it, with the degree that [`derived`] found: it is not derived again from the constraints. Their values at the challenge are
/// computed in full.
pub(crate) struct Measured<'a> {
    table: &'a Table,
    degree: Option<usize>,
}

impl<'a> Measured<'a> {
    /// A table with its degree, unless it has periodic columns.
    pub(crate) fn new(table: &'a Table, derived: &Derived) -> Self {
        let degree = (table.num_periodic_columns() == 0).then(|| derived.degree.max(table.max_constraint_degree().unwrap_or(0)));
        Self { table, degree }
    }
}

impl BaseAir<F> for Measured<'_> {
    fn width(&self) -> usize {
        self.table.width()
    }
    fn preprocessed_width(&self) -> usize {
        self.table.preprocessed_width()
    }
    fn num_periodic_columns(&self) -> usize {
        self.table.num_periodic_columns()
    }
    fn periodic_columns(&self) -> Cow<'_, [Vec<F>]> {
        self.table.periodic_columns()
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        self.table.main_next_row_columns()
    }
    fn preprocessed_next_row_columns(&self) -> Vec<usize> {
        self.table.preprocessed_next_row_columns()
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        self.degree.or(self.table.max_constraint_degree())
    }
}

/// For the degree alone.
impl Air<InteractionSymbolicBuilder<F, Challenge>> for Measured<'_> {
    fn eval(&self, builder: &mut InteractionSymbolicBuilder<F, Challenge>) {
        if self.degree.is_none() {
            self.table.eval(builder);
        }
    }
}

/// The constraints at the challenge.
impl<'b> Air<VerifierConstraintFolderWithLookups<'b, Config>> for Measured<'_> {
    fn eval(&self, builder: &mut VerifierConstraintFolderWithLookups<'b, Config>) {
        self.table.eval(builder);
    }
}
