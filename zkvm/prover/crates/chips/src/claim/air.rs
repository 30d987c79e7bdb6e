use std::borrow::Cow;
use std::sync::Arc;

use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use p3_lookup::Count;
use p3_matrix::dense::RowMajorMatrix;

use crate::bus::{ChipBuilder, F, name, tag};
use crate::columns::LIMBS;
use crate::context::Context;

/// One row of the claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimRow {
    /// See [`crate::bus::tag`].
    pub tag: u32,
    /// First key.
    pub x: u32,
    /// Second key.
    pub y: u32,
    /// Word.
    pub limbs: [u16; LIMBS],
    /// Count on the bus of a row that is there once: 1 sent, -1 received; 0 for a row whose multiplicity is free (looked up, or sent often).
    pub once: i8,
}

const MESSAGE: usize = 3 + LIMBS;

/// Rows that the verifier rebuilds from the receipt (periodic columns of the table's own height); main columns must equal them.
///
/// Main: message, count. Periodic: message, whether the count is fixed, the fixed count.
#[derive(Clone, Debug, Default)]
pub struct ClaimAir {
    periodic: Arc<Vec<Vec<F>>>,
    rows: Arc<Vec<ClaimRow>>,
}

impl ClaimAir {
    /// The table of a claim.
    pub fn new(rows: Vec<ClaimRow>) -> Self {
        let height = rows.len().next_power_of_two().max(2);
        let mut periodic = vec![F::zero_vec(height); MESSAGE + 2];
        for (i, row) in rows.iter().enumerate() {
            for (column, value) in [row.tag, row.x, row.y].into_iter().chain(row.limbs.map(u32::from)).enumerate() {
                periodic[column][i] = F::from_u32(value);
            }
            periodic[MESSAGE][i] = F::from_bool(row.once != 0);
            periodic[MESSAGE + 1][i] = F::from_i8(row.once);
        }
        // padding rows must not put anything on the bus: their count is fixed to 0
        for fixed in &mut periodic[MESSAGE][rows.len()..] {
            *fixed = F::ONE;
        }
        Self { periodic: Arc::new(periodic), rows: Arc::new(rows) }
    }

    /// log2 of the table's height.
    pub fn log_height(&self) -> usize {
        Self::log_height_of(self.rows.len())
    }

    /// log2 of the height of a table of so many rows.
    pub fn log_height_of(rows: usize) -> usize {
        rows.next_power_of_two().max(2).ilog2() as usize
    }

    /// The rows with the counts of a run.
    pub fn generate(&self, ctx: &Context) -> RowMajorMatrix<F> {
        let height = self.periodic.first().map_or(2, Vec::len);
        let mut cells = F::zero_vec(height * (MESSAGE + 1));
        for (i, row) in self.rows.iter().enumerate() {
            let line = &mut cells[i * (MESSAGE + 1)..][..=MESSAGE];
            for (cell, column) in line.iter_mut().zip(self.periodic.iter()) {
                *cell = column[i];
            }
            let asked = || F::from_u32(ctx.claims.get(&(row.tag, row.x, row.y)).copied().unwrap_or(0));
            line[MESSAGE] = match row.once {
                0 if tag::is_often(row.tag) => asked(),
                0 => -asked(),
                once => F::from_i8(once),
            };
        }
        RowMajorMatrix::new(cells, MESSAGE + 1)
    }
}

impl BaseAir<F> for ClaimAir {
    fn width(&self) -> usize {
        MESSAGE + 1
    }
    fn num_periodic_columns(&self) -> usize {
        MESSAGE + 2
    }
    fn periodic_columns(&self) -> Cow<'_, [Vec<F>]> {
        Cow::Borrowed(&self.periodic)
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for ClaimAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = main.current_slice();
        let periodic: Vec<B::Expr> = b.periodic_values().iter().map(|&value| value.into()).collect();
        // A claim row says what the receipt says (forgery: another caller, value, slot or result than the receipt shows).
        for (cell, claimed) in row[..MESSAGE].iter().zip(&periodic) {
            b.assert_eq(*cell, claimed.clone());
        }
        // A row that is there once is on the bus once (forgery: a result claimed without a run, a run left out of the claim).
        b.assert_zero(periodic[MESSAGE].clone() * (row[MESSAGE].into() - periodic[MESSAGE + 1].clone()));
        let message: Vec<B::Expr> = row[..MESSAGE].iter().map(|&cell| cell.into()).collect();
        // The bound is that of a row that is there once: a look-up row's free count is a table's, which the check of heights against p leaves out.
        b.push_interaction(name::CLAIM, message, Count::bounded(row[MESSAGE].into(), 1));
    }
}
