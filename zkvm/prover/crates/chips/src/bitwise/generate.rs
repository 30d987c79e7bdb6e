use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::trace::PureStep;

use super::BitwiseCols;
use crate::bus::F;
use crate::columns::LIMBS;
use crate::context::{Context, Rows};
use crate::word::{limbs, limbs16};

/// Rows of the chip.
#[derive(Clone, Debug, Default)]
pub struct BitwiseRows(Rows);

impl BitwiseRows {
    /// Appends the row of an executed instruction.
    pub fn push(&mut self, step: &PureStep, ctx: &mut Context) {
        let row = BitwiseCols::view_mut(self.0.push(BitwiseCols::<F>::WIDTH));
        *match step.op {
            isa::AND => &mut row.is_and,
            isa::OR => &mut row.is_or,
            isa::XOR => &mut row.is_xor,
            _ => &mut row.is_not,
        } = F::ONE;
        let [a, mut b, _] = step.operands;
        row.id = F::from_u32(step.id);
        row.region = F::from_u32(step.region);
        row.uses = ctx.uses(step.region, step.id);
        ctx.operand(&mut row.a, step.id, 0, step.region, a);
        if step.op == isa::NOT {
            b = U256::ZERO;
            row.b.time = F::from_u32(step.region);
        } else {
            ctx.operand(&mut row.b, step.id, 1, step.region, b);
        }
        let (x, y) = (limbs16(a), limbs16(b));
        for i in 0..LIMBS {
            if matches!(y[i], 0 | 0xffff) {
                row.by_b[i] = F::ONE;
            } else if matches!(x[i], 0 | 0xffff) {
                row.by_a[i] = F::ONE;
            } else {
                *ctx.limb_ands.entry((x[i], y[i])).or_default() += 1;
            }
        }
        row.and = limbs(a & b);
        row.result = limbs(step.result);
    }

    /// The table, if there are rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(BitwiseCols::<F>::WIDTH, 2)
    }
}
