use std::sync::Arc;

use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;

use crate::bus::{self, ChipBuilder, F, name};
use crate::columns::LIMBS;
use crate::context::{Context, RomRow};
use crate::word::limbs;

/// The instructions. Preprocessed: the ROM tuple. Main: how often each ran.
///
/// Padding rows are the tuple of zeros. Every op code is above zero, so only a frame that has ended at identifier 0 and claims to be out of gas there can ask
/// for it: it would be a halt all the same (ISA 10.6).
#[derive(Clone, Debug, Default)]
pub struct RomAir {
    /// Rows in order of identifier.
    pub rows: Arc<Vec<RomRow>>,
}

const TUPLE: usize = 6;

impl BaseAir<F> for RomAir {
    fn width(&self) -> usize {
        1
    }
    fn preprocessed_trace(&self) -> Option<RowMajorMatrix<F>> {
        let mut cells: Vec<F> = self.rows.iter().flat_map(RomRow::tuple).collect();
        cells.resize(self.height() * TUPLE, F::ZERO);
        Some(RowMajorMatrix::new(cells, TUPLE))
    }
    fn preprocessed_width(&self) -> usize {
        TUPLE
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn preprocessed_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for RomAir {
    fn eval(&self, b: &mut B) {
        let tuple = b.preprocessed().current_slice().iter().map(|&cell| cell.into()).collect();
        let executions = b.main().current_slice()[0];
        bus::provide(b, name::ROM, tuple, executions.into());
    }
}

impl RomAir {
    fn height(&self) -> usize {
        self.rows.len().next_power_of_two().max(2)
    }

    /// The multiplicities of a run.
    pub fn generate(&self, ctx: &Context) -> RowMajorMatrix<F> {
        let mut cells: Vec<F> = self.rows.iter().map(|row| F::from_u32(ctx.executions.get(&row.id).copied().unwrap_or(0))).collect();
        cells.resize(self.height(), F::ZERO);
        RowMajorMatrix::new(cells, 1)
    }
}

/// The constants. Preprocessed: identifier, limbs. Main: how often each is read. Padding rows are constant 0 with value 0, which no ROM row names.
#[derive(Clone, Debug, Default)]
pub struct PoolAir {
    /// (shifted identifier, word).
    pub constants: Arc<Vec<(u32, U256)>>,
}

impl BaseAir<F> for PoolAir {
    fn width(&self) -> usize {
        1
    }
    fn preprocessed_trace(&self) -> Option<RowMajorMatrix<F>> {
        let mut cells: Vec<F> = self.constants.iter().flat_map(|&(id, word)| core::iter::once(F::from_u32(id)).chain(limbs(word))).collect();
        cells.resize(self.height() * (1 + LIMBS), F::ZERO);
        Some(RowMajorMatrix::new(cells, 1 + LIMBS))
    }
    fn preprocessed_width(&self) -> usize {
        1 + LIMBS
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn preprocessed_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for PoolAir {
    fn eval(&self, b: &mut B) {
        let fixed = b.preprocessed().current_slice().iter().map(|&cell| cell.into());
        let wire = core::iter::once(B::Expr::ZERO).chain(fixed).collect();
        let uses = b.main().current_slice()[0];
        bus::provide(b, name::WIRE, wire, uses.into());
    }
}

impl PoolAir {
    fn height(&self) -> usize {
        self.constants.len().next_power_of_two().max(2)
    }

    /// The multiplicities of a run.
    pub fn generate(&self, ctx: &Context) -> RowMajorMatrix<F> {
        let mut cells: Vec<F> = self.constants.iter().map(|&(id, _)| ctx.uses(0, id)).collect();
        cells.resize(self.height(), F::ZERO);
        RowMajorMatrix::new(cells, 1)
    }
}
