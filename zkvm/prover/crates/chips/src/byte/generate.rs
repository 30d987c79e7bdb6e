use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::trace::PureStep;

use super::columns::ByteCols;
use crate::bus::F;
use crate::context::{Context, Rows};
use crate::mul::{bytes_of, fill_bytes};
use crate::word::{limbs, limbs16};

/// Rows of BYTE and SIGNEXTEND.
#[derive(Clone, Debug, Default)]
pub struct ByteRows(Rows);

impl ByteRows {
    /// Appends a row.
    pub fn push(&mut self, step: &PureStep, ctx: &mut Context) {
        let columns = ByteCols::view_mut(self.0.push(ByteCols::<F>::WIDTH));
        let [a, b, _] = step.operands;
        let extend = step.op == isa::SIGNEXTEND;
        columns.byte = F::from_bool(!extend);
        columns.extend = F::from_bool(extend);
        columns.id = F::from_u32(step.id);
        columns.region = F::from_u32(step.region);
        columns.uses = ctx.uses(step.region, step.id);
        ctx.operand(&mut columns.a, step.id, 0, step.region, a);
        ctx.operand(&mut columns.b, step.id, 1, step.region, b);
        fill_bytes(&mut columns.b_high, b, ctx);

        let index = limbs16(a);
        let high: u32 = index[1..].iter().copied().map(u32::from).sum();
        let mut result = if extend { b } else { U256::ZERO };
        let mut rest = 0;
        if high != 0 {
            columns.high = F::ONE;
            columns.inverse = F::from_u32(high).inverse();
        } else if index[0] >= 32 {
            columns.low = F::ONE;
            ctx.range16(u32::from(index[0]) - 32);
        } else {
            let place = if extend { usize::from(index[0]) } else { 31 - usize::from(index[0]) };
            let chosen = bytes_of(b)[place];
            columns.marks[place] = F::ONE;
            columns.chosen = F::from_u32(chosen);
            if extend {
                columns.sign = F::from_u32(chosen >> 7);
                rest = chosen & 0x7f;
                let kept = U256::MAX >> (248 - 8 * place);
                result = if chosen >> 7 == 1 { b | !kept } else { b & kept };
            } else {
                result = U256::from(chosen);
            }
        }
        if extend {
            ctx.range16(rest << 9);
        }
        columns.result = limbs(result);
    }

    /// The table.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(ByteCols::<F>::WIDTH, 2)
    }
}
