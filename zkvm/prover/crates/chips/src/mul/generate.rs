use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use sol2zk_executor::trace::PureStep;

use super::MulCols;
use crate::bus::F;
use crate::columns::LIMBS;
use crate::context::{Context, Rows};
use crate::word::{limbs, limbs16};

/// Rows of the chip.
#[derive(Clone, Debug, Default)]
pub struct MulRows(Rows);

impl MulRows {
    /// Appends the row of an executed instruction.
    pub fn push(&mut self, step: &PureStep, ctx: &mut Context) {
        let row = MulCols::view_mut(self.0.push(MulCols::<F>::WIDTH));
        let [a, b, _] = step.operands;
        let result = a.wrapping_mul(b);
        row.real = F::ONE;
        row.id = F::from_u32(step.id);
        row.region = F::from_u32(step.region);
        row.uses = ctx.uses(step.region, step.id);
        ctx.operand(&mut row.a, step.id, 0, step.region, a);
        ctx.operand(&mut row.b, step.id, 1, step.region, b);
        for (low, word) in [(&mut row.a_low, a), (&mut row.b_low, b)] {
            *low = limbs16(word).map(|limb| {
                ctx.limb_bytes(limb);
                F::from_u16(limb & 0xff)
            });
        }
        row.result = limbs(result);
        ctx.range_word(result);
        let place = |k: usize| -> u64 { (0..=k).map(|i| u64::from(a.byte(i)) * u64::from(b.byte(k - i))).sum() };
        let mut carry = 0;
        for i in 0..LIMBS {
            carry = (place(2 * i) + 256 * place(2 * i + 1) + carry) >> 16;
            row.carry[i] = F::from_u64(carry);
            ctx.range_bits(carry as u32, 14);
        }
    }

    /// The table, if there are rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(MulCols::<F>::WIDTH, 2)
    }
}
