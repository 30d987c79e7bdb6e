use std::borrow::Cow;
use std::sync::LazyLock;

use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

use super::{FOLD, RANGE_LOG_HEIGHT};
use crate::bus::{self, ChipBuilder, F, name};
use crate::context::Context;

/// 2^16 entries in 2^12 rows: entry 16 r + k is the value 256 high + low with high = r >> 4, low = 16 (r & 15) + k.
///
/// Periodic: high, 16 (r & 15). Main: the same, 16 multiplicities on RANGE, 16 on BYTES. The entries are the verifier's own, and a multiplicity,
/// whatever it is, provides only true ones. A run that meets few values has [`crate::limb`] instead.
#[derive(Clone, Copy, Debug, Default)]
pub struct RangeAir;

const ROWS: usize = 1 << RANGE_LOG_HEIGHT;
const WIDTH: usize = 2 + 2 * FOLD;
static PERIODIC: LazyLock<Vec<Vec<F>>> =
    LazyLock::new(|| [|row| row >> 4, |row| (row & 15) * 16].map(|cell: fn(u32) -> u32| (0..ROWS as u32).map(|row| F::from_u32(cell(row))).collect()).into());

impl BaseAir<F> for RangeAir {
    fn width(&self) -> usize {
        WIDTH
    }
    fn num_periodic_columns(&self) -> usize {
        2
    }
    fn periodic_columns(&self) -> Cow<'_, [Vec<F>]> {
        Cow::Borrowed(&PERIODIC)
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for RangeAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = main.current_slice();
        // Forgery: other entries than the values there are.
        for (k, value) in b.periodic_values().iter().map(|&value| value.into()).collect::<Vec<B::Expr>>().into_iter().enumerate() {
            b.assert_eq(row[k], value);
        }
        let (high, low): (B::Expr, B::Expr) = (row[0].into(), row[1].into());
        for k in 0..FOLD {
            let low = low.clone() + bus::int::<B>(k as u32);
            bus::provide(b, name::RANGE, vec![high.clone() * bus::int::<B>(256) + low], row[2 + k].into());
        }
        for k in 0..FOLD {
            let low = low.clone() + bus::int::<B>(k as u32);
            bus::provide(b, name::BYTES, vec![low, high.clone()], row[2 + FOLD + k].into());
        }
    }
}

impl RangeAir {
    /// The multiplicities of a run.
    pub fn generate(ctx: &Context) -> RowMajorMatrix<F> {
        let mut cells = F::zero_vec(ROWS * WIDTH);
        for (row, cells) in cells.chunks_mut(WIDTH).enumerate() {
            (cells[0], cells[1]) = (PERIODIC[0][row], PERIODIC[1][row]);
        }
        for (&value, &count) in &ctx.range {
            let value = usize::from(value);
            cells[value / FOLD * WIDTH + 2 + value % FOLD] = F::from_u32(count);
        }
        for (&(low, high), &count) in &ctx.bytes {
            let value = usize::from(high) * 256 + usize::from(low);
            cells[value / FOLD * WIDTH + 2 + FOLD + value % FOLD] = F::from_u32(count);
        }
        RowMajorMatrix::new(cells, WIDTH)
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
