use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use sol2zk_executor::isa;
use sol2zk_executor::trace::Step;

use super::CALLDATA_BITS;
use super::columns::InputCols;
use crate::bus::{F, tag};
use crate::context::{Context, Rows};
use crate::word::{limbs, limbs16};

/// Rows of the chip under construction.
#[derive(Clone, Debug, Default)]
pub struct InputRows {
    rows: Rows,
}

impl InputRows {
    /// Adds the row of an `ENV` or a `CALLDATALOAD`; the result is the step's.
    pub fn push(&mut self, step: &Step, ctx: &mut Context) {
        let rom = ctx.row(step);
        let frame = ctx.frame_info.get(&step.frame).copied().unwrap_or_default();
        *ctx.frames.entry(step.frame).or_default() += 1;

        let c = InputCols::view_mut(self.rows.push(InputCols::<F>::WIDTH));
        ctx.state(&mut c.state, step);
        c.charge = F::from_u32(rom.gas);
        c.uses = ctx.uses(step.region, step.id);
        c.call = F::from_u32(frame.call);
        c.account = F::from_u32(frame.account);
        c.doomed = F::from_bool(frame.doomed);
        c.sentry = F::from_bool(frame.sentry);
        c.word = limbs(step.result);
        if step.op == isa::ENV {
            c.env = F::ONE;
            c.kind = F::from_u32(rom.fields[2]);
            c.offset.time = c.state.region;
            *ctx.claims.entry((tag::ENV, frame.call, rom.fields[2])).or_default() += 1;
            return;
        }
        ctx.operand(&mut c.offset, step.id, 0, step.region, step.operands[0]);
        let [low, high, rest @ ..] = limbs16(step.operands[0]).map(u32::from);
        let upper: u32 = rest.iter().sum();
        let limit = 1 << (CALLDATA_BITS - 16);
        if upper != 0 {
            c.far = F::ONE;
            c.high_inverse = F::from_u32(upper).inverse();
        } else if high >= limit {
            c.beyond = F::ONE;
            c.bound = F::from_u32(high - limit);
            ctx.range16(high - limit);
        } else {
            c.near = F::ONE;
            c.bound = F::from_u32(4 * high);
            ctx.range16(4 * high);
            *ctx.claims.entry((tag::CALLDATA, frame.call, low + (high << 16))).or_default() += 1;
        }
    }

    /// The table; none if there are no rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.rows.finish(InputCols::<F>::WIDTH, 2)
    }
}
