use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use sol2zk_executor::isa;
use sol2zk_executor::trace::PureStep;

use super::ShiftCols;
use crate::bus::F;
use crate::columns::LIMBS;
use crate::context::{Context, Rows};
use crate::word::{limbs, limbs16};

/// Rows of the chip.
#[derive(Clone, Debug, Default)]
pub struct ShiftRows(Rows);

impl ShiftRows {
    /// Appends the row of an executed instruction.
    pub fn push(&mut self, step: &PureStep, ctx: &mut Context) {
        let row = ShiftCols::view_mut(self.0.push(ShiftCols::<F>::WIDTH));
        let [a, b, _] = step.operands;
        *match step.op {
            isa::SHL => &mut row.is_left,
            isa::SHR => &mut row.is_right,
            _ => &mut row.is_signed,
        } = F::ONE;
        row.id = F::from_u32(step.id);
        row.region = F::from_u32(step.region);
        row.uses = ctx.uses(step.region, step.id);
        ctx.operand(&mut row.a, step.id, 0, step.region, a);
        ctx.operand(&mut row.b, step.id, 1, step.region, b);
        let negative = step.op == isa::SAR && b.bit(255);
        if step.op == isa::SAR {
            let top = u32::from(limbs16(b)[LIMBS - 1]);
            row.sign = F::from_u32(top >> 15);
            row.rest = F::from_u32(top & 0x7fff);
            row.negative = row.sign;
            ctx.range_bits(top & 0x7fff, 15);
        }
        let word = if negative { !b } else { b };
        row.word = limbs(word);
        row.result = limbs(step.result);
        row.shifted = limbs(if negative { !step.result } else { step.result });

        let amount = limbs16(a);
        let upper: F = amount[1..].iter().map(|&limb| F::from_u16(limb)).sum();
        let mut bits = 0;
        if upper != F::ZERO {
            row.far = F::ONE;
            row.inverse = upper.inverse();
        } else if amount[0] >= 256 {
            row.beyond = F::ONE;
            ctx.range16(u32::from(amount[0]) - 256);
        } else {
            let amount = usize::from(amount[0]);
            if step.op == isa::SHL {
                bits = amount % 16;
                row.left[amount / 16] = F::ONE;
            } else {
                bits = (16 - amount % 16) % 16;
                row.right[amount.div_ceil(16)] = F::ONE;
            }
        }
        row.bits[bits] = F::ONE;
        for (i, limb) in limbs16(word).into_iter().enumerate() {
            let wide = u32::from(limb) << bits;
            let (low, high) = (wide & 0xffff, wide >> 16);
            row.low[i] = F::from_u32(low);
            row.high[i] = F::from_u32(high);
            ctx.range16(low);
            if bits == LIMBS - 1 {
                ctx.range16(high);
            } else {
                ctx.range_bits(high, 14);
            }
        }
    }

    /// The table, if there are rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(ShiftCols::<F>::WIDTH, 2)
    }
}
