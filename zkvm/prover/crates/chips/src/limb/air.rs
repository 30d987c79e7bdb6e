use std::collections::BTreeMap;

use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

use super::columns::{BITS, LimbCols};
use crate::bus::{self, ChipBuilder, F, int, name};
use crate::context::{Context, Rows};

/// Constraints and witness of the values.
#[derive(Clone, Copy, Debug, Default)]
pub struct LimbAir;

impl BaseAir<F> for LimbAir {
    fn width(&self) -> usize {
        LimbCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for LimbAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row: &LimbCols<B::Var> = LimbCols::view(main.current_slice());
        // Forgery: a value that is not 16 bits.
        for bit in row.bits {
            b.assert_bool(bit);
        }
        let value = |bits: &[B::Var]| bits.iter().enumerate().map(|(k, &bit)| bit.into() * int::<B>(1 << k)).sum::<B::Expr>();
        let [low, high] = [value(&row.bits[..BITS / 2]), value(&row.bits[BITS / 2..])];
        // No condition on the multiplicities: the entries are true on every row, padding included.
        bus::provide(b, name::RANGE, vec![low.clone() + high.clone() * int::<B>(256)], row.range.into());
        bus::provide(b, name::BYTES, vec![low, high], row.bytes.into());
    }
}

impl LimbAir {
    /// The values that a run looked up; none if there are none, or more than `most`. To be called when all other rows are generated.
    pub fn generate(ctx: &Context, most: usize) -> Option<RowMajorMatrix<F>> {
        let mut counts: BTreeMap<u16, [u32; 2]> = ctx.range.iter().map(|(&value, &count)| (value, [count, 0])).collect();
        for (&(low, high), &count) in &ctx.bytes {
            counts.entry(u16::from_le_bytes([low, high])).or_default()[1] = count;
        }
        if counts.len() > most {
            return None;
        }
        let mut rows = Rows::default();
        for (value, [range, bytes]) in counts {
            let row = LimbCols::view_mut(rows.push(LimbCols::<F>::WIDTH));
            row.bits = core::array::from_fn(|k| F::from_u16(value >> k & 1));
            row.range = F::from_u32(range);
            row.bytes = F::from_u32(bytes);
        }
        rows.finish(LimbCols::<F>::WIDTH, 2)
    }
}
