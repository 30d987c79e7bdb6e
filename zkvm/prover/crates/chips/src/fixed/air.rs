use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

use super::FOLD;
use crate::bus::{self, ChipBuilder, F, name};
use crate::context::Context;

/// 2^16 entries in 2^12 rows: entry 16 r + k is the value 256 high + low with high = r >> 4, low = 16 (r & 15) + k.
///
/// Preprocessed: high, 16 (r & 15). Main: 16 multiplicities on RANGE, 16 on BYTES. No constraint is needed: the entries are the verifier's own, and a
/// multiplicity, whatever it is, provides only true entries.
#[derive(Clone, Copy, Debug, Default)]
pub struct RangeAir;

const ROWS: usize = (1 << 16) / FOLD;

impl BaseAir<F> for RangeAir {
    fn width(&self) -> usize {
        2 * FOLD
    }
    fn preprocessed_trace(&self) -> Option<RowMajorMatrix<F>> {
        let cells = (0..ROWS as u32).flat_map(|row| [F::from_u32(row >> 4), F::from_u32((row & 15) * 16)]).collect();
        Some(RowMajorMatrix::new(cells, 2))
    }
    fn preprocessed_width(&self) -> usize {
        2
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

impl<B: ChipBuilder> Air<B> for RangeAir {
    fn eval(&self, b: &mut B) {
        let fixed = b.preprocessed().clone();
        let (high, low) = (fixed.current_slice()[0], fixed.current_slice()[1]);
        let main = b.main();
        for k in 0..FOLD {
            let low = low.into() + bus::int::<B>(k as u32);
            bus::provide(b, name::RANGE, vec![high.into() * bus::int::<B>(256) + low], main.current_slice()[k].into());
        }
        for k in 0..FOLD {
            let low = low.into() + bus::int::<B>(k as u32);
            bus::provide(b, name::BYTES, vec![low, high.into()], main.current_slice()[FOLD + k].into());
        }
    }
}

impl RangeAir {
    /// The multiplicities of a run.
    pub fn generate(ctx: &Context) -> RowMajorMatrix<F> {
        let mut cells = F::zero_vec(ROWS * 2 * FOLD);
        for (&value, &count) in &ctx.range {
            let value = usize::from(value);
            cells[value / FOLD * 2 * FOLD + value % FOLD] = F::from_u32(count);
        }
        for (&(low, high), &count) in &ctx.bytes {
            let value = usize::from(high) * 256 + usize::from(low);
            cells[value / FOLD * 2 * FOLD + FOLD + value % FOLD] = F::from_u32(count);
        }
        RowMajorMatrix::new(cells, 2 * FOLD)
    }
}

/// x & y for all pairs of 4-bit values. Preprocessed: x, y, x & y. Main: the multiplicity.
#[derive(Clone, Copy, Debug, Default)]
pub struct NibblesAir;

impl BaseAir<F> for NibblesAir {
    fn width(&self) -> usize {
        1
    }
    fn preprocessed_trace(&self) -> Option<RowMajorMatrix<F>> {
        let cells = (0..256u32).flat_map(|row| [row >> 4, row & 15, (row >> 4) & (row & 15)]).map(F::from_u32).collect();
        Some(RowMajorMatrix::new(cells, 3))
    }
    fn preprocessed_width(&self) -> usize {
        3
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

impl<B: ChipBuilder> Air<B> for NibblesAir {
    fn eval(&self, b: &mut B) {
        let fixed = b.preprocessed().current_slice().iter().map(|&cell| cell.into()).collect();
        let uses = b.main().current_slice()[0];
        bus::provide(b, name::NIBBLES, fixed, uses.into());
    }
}

impl NibblesAir {
    /// The multiplicities of a run.
    pub fn generate(ctx: &Context) -> RowMajorMatrix<F> {
        let mut cells = F::zero_vec(256);
        for (&(x, y), &count) in &ctx.nibbles {
            cells[usize::from(x) * 16 + usize::from(y)] = F::from_u32(count);
        }
        RowMajorMatrix::new(cells, 1)
    }
}
