use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

use super::columns::{BITS, LimbAndCols};
use crate::bus::{self, ChipBuilder, F, int, name};
use crate::context::{Context, Rows};

/// Constraints and witness of the pairs.
#[derive(Clone, Copy, Debug, Default)]
pub struct LimbAndAir;

impl BaseAir<F> for LimbAndAir {
    fn width(&self) -> usize {
        LimbAndCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for LimbAndAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row: &LimbAndCols<B::Var> = LimbAndCols::view(main.current_slice());
        // A value that is not 16 bits.
        for bit in row.x.into_iter().chain(row.y) {
            b.assert_bool(bit);
        }
        // A wrong AND.
        let value = |bit: &dyn Fn(usize) -> B::Expr| (0..BITS).map(|k| bit(k) * int::<B>(1 << k)).sum::<B::Expr>();
        b.assert_zero(row.both.into() - value(&|k| row.x[k].into() * row.y[k].into()));
        // No condition on `uses`: the entry is true on every row, padding included.
        bus::provide(b, name::LIMB_AND, vec![value(&|k| row.x[k].into()), value(&|k| row.y[k].into()), row.both.into()], row.uses.into());
    }
}

impl LimbAndAir {
    /// The pairs that a run looked up; none if there are none. To be called when all other rows are generated.
    pub fn generate(ctx: &Context) -> Option<RowMajorMatrix<F>> {
        let mut pairs: Vec<_> = ctx.limb_ands.iter().collect();
        pairs.sort_unstable();
        let mut rows = Rows::default();
        for (&(x, y), &count) in pairs {
            let columns = LimbAndCols::view_mut(rows.push(LimbAndCols::<F>::WIDTH));
            columns.x = core::array::from_fn(|k| F::from_u16(x >> k & 1));
            columns.y = core::array::from_fn(|k| F::from_u16(y >> k & 1));
            columns.both = F::from_u16(x & y);
            columns.uses = F::from_u32(count);
        }
        rows.finish(LimbAndCols::<F>::WIDTH, 2)
    }
}
