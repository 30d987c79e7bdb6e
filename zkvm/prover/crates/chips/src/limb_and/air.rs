use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

use crate::bus::{self, ChipBuilder, F, int, name};
use crate::columns;
use crate::context::{Context, Rows};

const NIBBLES: usize = 4;

/// A row: x & y for 16-bit x and y.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct LimbAndCols<T> {
    /// 1 if the row is real.
    pub real: T,
    /// Nibbles of x, lowest first.
    pub x: [T; NIBBLES],
    /// Nibbles of y.
    pub y: [T; NIBBLES],
    /// Nibbles of x & y.
    pub and: [T; NIBBLES],
    /// Queries of this row.
    pub uses: T,
}

columns!(LimbAndCols);

/// The chip.
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
        let row = LimbAndCols::view(main.current_slice());
        b.assert_bool(row.real);
        // Forgery: an AND out of thin air.
        b.assert_zero((B::Expr::ONE - row.real.into()) * row.uses.into());
        for i in 0..NIBBLES {
            bus::query(b, name::NIBBLES, vec![row.x[i].into(), row.y[i].into(), row.and[i].into()], row.real.into());
        }
        let limb = |nibbles: &[B::Var; NIBBLES]| -> B::Expr { nibbles.iter().rev().fold(B::Expr::ZERO, |sum, &nibble| sum * int::<B>(16) + nibble.into()) };
        let message = vec![limb(&row.x), limb(&row.y), limb(&row.and)];
        bus::provide(b, name::LIMB_AND, message, row.uses.into());
    }
}

/// The rows that answer the queries of a run.
pub fn generate(ctx: &mut Context) -> Option<RowMajorMatrix<F>> {
    let mut pairs: Vec<_> = ctx.limb_ands.iter().map(|(&pair, &count)| (pair, count)).collect();
    pairs.sort_unstable();
    let mut rows = Rows::default();
    for ((x, y), count) in pairs {
        let row = LimbAndCols::view_mut(rows.push(LimbAndCols::<F>::WIDTH));
        row.real = F::ONE;
        for i in 0..NIBBLES {
            let (x, y) = ((x >> (4 * i) & 15) as u8, (y >> (4 * i) & 15) as u8);
            row.x[i] = F::from_u8(x);
            row.y[i] = F::from_u8(y);
            row.and[i] = F::from_u8(x & y);
            *ctx.nibbles.entry((x, y)).or_default() += 1;
        }
        row.uses = F::from_u32(count);
    }
    rows.finish(LimbAndCols::<F>::WIDTH, 2)
}
