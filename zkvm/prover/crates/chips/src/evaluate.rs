//! A concrete evaluator: checks constraints row by row and balances the buses, naming what is violated.
//!
//! Tests use it in place of the prover: a forged trace must be *rejected* here by a named constraint or bus.

use std::collections::BTreeMap;

use p3_air::{Air, AirBuilder, RowWindow};
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_lookup::{Count, InteractionBuilder};
use p3_matrix::Matrix;
use p3_matrix::dense::RowMajorMatrix;

use crate::bus::F;

/// What is wrong with a set of tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A constraint is not zero.
    Constraint {
        /// Chip.
        chip: String,
        /// Row.
        row: usize,
        /// Ordinal of the constraint in the chip.
        index: usize,
    },
    /// A message does not balance.
    Bus {
        /// Bus.
        bus: String,
        /// Message.
        message: Vec<u32>,
        /// Sends and queries minus receives and provisions, mod p, as a signed number.
        excess: i64,
    },
}

/// Messages on buses with their signed counts.
pub type Balance = BTreeMap<(String, Vec<u32>), F>;

/// A builder over concrete cells.
pub struct Evaluator<'a> {
    main: RowWindow<'a, F>,
    preprocessed: RowWindow<'a, F>,
    periodic: Vec<F>,
    public: &'a [F],
    first: F,
    last: F,
    index: usize,
    failed: Vec<usize>,
    balance: &'a mut Balance,
}

impl<'a> AirBuilder for Evaluator<'a> {
    type F = F;
    type Expr = F;
    type Var = F;
    type PreprocessedWindow = RowWindow<'a, F>;
    type MainWindow = RowWindow<'a, F>;
    type PublicVar = F;
    type PeriodicVar = F;

    fn main(&self) -> Self::MainWindow {
        self.main
    }
    fn preprocessed(&self) -> &Self::PreprocessedWindow {
        &self.preprocessed
    }
    fn is_first_row(&self) -> F {
        self.first
    }
    fn is_last_row(&self) -> F {
        self.last
    }
    fn is_transition(&self) -> F {
        F::ONE - self.last
    }
    fn assert_zero<I: Into<F>>(&mut self, x: I) {
        if x.into() != F::ZERO {
            self.failed.push(self.index);
        }
        self.index += 1;
    }
    fn public_values(&self) -> &[F] {
        self.public
    }
    fn periodic_values(&self) -> &[F] {
        &self.periodic
    }
}

impl InteractionBuilder for Evaluator<'_> {
    fn push_interaction<E: Into<F>>(&mut self, bus_name: &str, fields: impl IntoIterator<Item = E>, count: impl Into<Count<F>>) {
        let (count, _) = count.into().into_parts();
        let message = fields.into_iter().map(|field| field.into().as_canonical_u32()).collect();
        if count != F::ZERO {
            *self.balance.entry((bus_name.to_owned(), message)).or_default() += count;
        }
    }

    fn push_local_interaction(&mut self, tuples: impl IntoIterator<Item = (Vec<F>, Count<F>)>) {
        tuples.into_iter().for_each(drop);
    }
}

/// Evaluates one table: returns the first violated constraint, and adds its messages to `balance`.
pub fn evaluate<A>(chip: &str, air: &A, main: &RowMajorMatrix<F>, balance: &mut Balance) -> Option<Violation>
where
    A: for<'a> Air<Evaluator<'a>>,
{
    violated(chip, air, main, balance).into_iter().next()
}

/// Evaluates one table: returns all violated constraints, row by row, and adds its messages to `balance`.
pub fn violated<A>(chip: &str, air: &A, main: &RowMajorMatrix<F>, balance: &mut Balance) -> Vec<Violation>
where
    A: for<'a> Air<Evaluator<'a>>,
{
    let height = main.height();
    let preprocessed = air.preprocessed_trace();
    let mut found = Vec::new();
    for row in 0..height {
        let next = (row + 1) % height;
        let slice = |matrix: &RowMajorMatrix<F>, r: usize| -> Vec<F> { matrix.row_slice(r).map(|cells| cells.to_vec()).unwrap_or_default() };
        let (current, following) = (slice(main, row), slice(main, next));
        let (fixed, fixed_next) = preprocessed.as_ref().map(|m| (slice(m, row), slice(m, next))).unwrap_or_default();
        let mut evaluator = Evaluator {
            main: RowWindow::from_two_rows(&current, &following),
            preprocessed: RowWindow::from_two_rows(&fixed, &fixed_next),
            periodic: air.periodic_values(row),
            public: &[],
            first: F::from_bool(row == 0),
            last: F::from_bool(row + 1 == height),
            index: 0,
            failed: Vec::new(),
            balance,
        };
        air.eval(&mut evaluator);
        found.extend(evaluator.failed.iter().map(|&index| Violation::Constraint { chip: chip.to_owned(), row, index }));
    }
    found
}

/// The first message that does not balance.
pub fn unbalanced(balance: &Balance) -> Option<Violation> {
    balance.iter().find(|(_, count)| **count != F::ZERO).map(|((bus, message), count)| {
        let value = i64::from(count.as_canonical_u32());
        let excess = if value > i64::from(F::ORDER_U32) / 2 { value - i64::from(F::ORDER_U32) } else { value };
        Violation::Bus { bus: bus.clone(), message: message.clone(), excess }
    })
}
