use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use sol2zk_executor::isa;
use sol2zk_executor::trace::Step;

use super::LogCols;
use crate::bus::F;
use crate::context::{Context, Rows};
use crate::finish::Stream;
use crate::word::limbs16;

/// Rows of the log chip.
#[derive(Clone, Debug, Default)]
pub struct LogRows(Rows);

impl LogRows {
    /// Appends the row of an executed instruction; returns the range of memory to be streamed as log data, if any.
    pub fn push(&mut self, step: &Step, ctx: &mut Context) -> Option<Stream> {
        let rom = ctx.row(step);
        let info = ctx.frame_info[&step.frame];
        *ctx.frames.entry(step.frame).or_default() += 1;
        let row = LogCols::view_mut(self.0.push(LogCols::<F>::WIDTH));
        ctx.state(&mut row.state, step);
        row.gas = F::from_u32(rom.gas);
        row.call = F::from_u32(info.call);
        row.account = F::from_u32(info.account);
        row.doomed = F::from_bool(info.doomed);
        row.sentry = F::from_bool(info.sentry);
        ctx.operand(&mut row.a, step.id, 0, step.region, step.operands[0]);
        if step.op == isa::TOPIC {
            row.is_topic = F::ONE;
            row.claims_topic = F::from_bool(!info.doomed);
            row.b.time = F::from_u32(step.region);
            return None;
        }
        row.is_log = F::ONE;
        row.claims_log = F::from_bool(!info.doomed);
        ctx.operand(&mut row.b, step.id, 1, step.region, step.operands[1]);
        row.topics = F::from_u32(rom.fields[2]);
        ctx.range_bits(limbs16(step.operands[1])[1].into(), 10);
        let gas = (step.gas + step.charge) as u32;
        row.gas_low = F::from_u32(gas & 0xffff);
        row.gas_high = F::from_u32(gas >> 16);
        ctx.range16(gas & 0xffff);
        ctx.range_bits(gas >> 16, 14);
        let length = step.operands[1].as_limbs()[0] as u32;
        let streams = !info.doomed && length != 0;
        row.streams = F::from_bool(streams);
        row.inverse = F::from_u32(length).try_inverse().unwrap_or(F::ZERO);
        streams.then(|| Stream { frame: step.frame, clk: step.clk, offset: step.operands[0].as_limbs()[0] as u32, length })
    }

    /// The table, if there are rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(LogCols::<F>::WIDTH, 2)
    }
}
