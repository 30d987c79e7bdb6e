use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use sol2zk_executor::isa;
use sol2zk_executor::trace::PureStep;

use super::columns::BitwiseCols;
use crate::bus::F;
use crate::columns::LIMBS;
use crate::context::{Context, Rows};
use crate::word::{limbs, limbs16};

/// Rows of the bitwise instructions.
#[derive(Clone, Debug, Default)]
pub struct BitwiseRows(Rows);

impl BitwiseRows {
    /// Appends a row.
    pub fn push(&mut self, step: &PureStep, ctx: &mut Context) {
        let columns = BitwiseCols::view_mut(self.0.push(BitwiseCols::<F>::WIDTH));
        let [a, b, _] = step.operands;
        let (flag, result) = match step.op {
            isa::AND => (&mut columns.and, a & b),
            isa::OR => (&mut columns.or, a | b),
            isa::XOR => (&mut columns.xor, a ^ b),
            _ => (&mut columns.not, !a),
        };
        *flag = F::ONE;
        columns.id = F::from_u32(step.id);
        columns.region = F::from_u32(step.region);
        columns.uses = ctx.uses(step.region, step.id);
        columns.result = limbs(result);
        ctx.operand(&mut columns.a, step.id, 0, step.region, a);
        ctx.operand(&mut columns.b, step.id, 1, step.region, b);
        if step.op == isa::NOT {
            return;
        }
        columns.both = limbs(a & b);
        let (x, y) = (limbs16(a), limbs16(b));
        let is_mask = |limb: u16| limb == 0 || limb == u16::MAX;
        for i in 0..LIMBS {
            if is_mask(x[i]) {
                columns.by_a[i] = F::ONE;
            } else if is_mask(y[i]) {
                columns.by_b[i] = F::ONE;
            } else {
                *ctx.limb_ands.entry((x[i], y[i])).or_default() += 1;
            }
        }
    }

    /// The table.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(BitwiseCols::<F>::WIDTH, 2)
    }
}
