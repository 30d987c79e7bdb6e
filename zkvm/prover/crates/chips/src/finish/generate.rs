use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::trace::Step;

use super::FinishCols;
use crate::bus::F;
use crate::columns::State;
use crate::context::{Context, Rows};
use crate::gas::gas_left;
use crate::word::limbs16;

/// A range of memory to be streamed (bus STREAM), without the tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Frame.
    pub frame: u32,
    /// Clock of the instruction that asks.
    pub clk: u32,
    /// Byte offset in memory.
    pub offset: u32,
    /// Length in bytes, above 0.
    pub length: u32,
}

/// A state that a row receives without being the trace's step: what went before left it.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// Frame.
    pub frame: u32,
    /// Region time.
    pub region: u32,
    /// Clock.
    pub clk: u32,
    /// Gas charged so far.
    pub gas: u32,
    /// Active memory words.
    pub words: u32,
}

impl Arrival {
    fn fill(&self, state: &mut State<F>) {
        state.frame = F::from_u32(self.frame);
        state.region = F::from_u32(self.region);
        state.clk = F::from_u32(self.clk);
        state.gas = F::from_u32(self.gas);
        state.words = F::from_u32(self.words);
    }
}

fn digits(value: u64) -> [F; 4] {
    core::array::from_fn(|i| F::from_u64(value >> (16 * i) & 0xffff))
}

/// Fills what a row that halts says of the region it stands in, and counts its look-ups.
fn begun(row: &mut FinishCols<F>, frame: u32, region: u32, ctx: &mut Context) {
    if region == frame {
        row.bare = F::ONE;
        return;
    }
    let (_, gas, words) = ctx.regions.get(&frame).copied().unwrap_or_default();
    row.begun_gas = F::from_u32(gas);
    row.begun_words = F::from_u32(words);
    let given = ctx.gas_given.get(&frame).copied().unwrap_or(0);
    row.begun_left = digits(gas_left(given, gas, words).1);
    *ctx.begun.entry(region).or_default() += 1;
    *ctx.gas_left.entry((frame, gas, words)).or_default() += 1;
}

/// Rows of the finish chip.
#[derive(Clone, Debug, Default)]
pub struct FinishRows(Rows);

impl FinishRows {
    /// A STOP, RETURN, REVERT or HALT; returns the output's range, if there is output.
    pub fn push(&mut self, step: &Step, ctx: &mut Context) -> Option<Stream> {
        let rom = ctx.row(step);
        let row = FinishCols::view_mut(self.0.push(FinishCols::<F>::WIDTH));
        ctx.state(&mut row.state, step);
        row.a.time = F::from_u32(step.region);
        row.b.time = F::from_u32(step.region);
        row.op = F::from_u16(step.op);
        row.gas = F::from_u32(rom.gas);
        *match step.op {
            isa::STOP => &mut row.is_stop,
            isa::RETURN => &mut row.is_return,
            isa::REVERT => &mut row.is_revert,
            _ => &mut row.is_halt,
        } = F::ONE;
        if step.op == isa::HALT {
            begun(row, step.frame, step.region, ctx);
        }
        if !matches!(step.op, isa::RETURN | isa::REVERT) {
            return None;
        }
        ctx.operand(&mut row.a, step.id, 0, step.region, step.operands[0]);
        ctx.operand(&mut row.b, step.id, 1, step.region, step.operands[1]);
        ctx.range_bits(limbs16(step.operands[1])[1].into(), 14);
        let length = step.operands[1].as_limbs()[0] as u32;
        row.nonempty = F::from_bool(length != 0);
        row.inverse = F::from_u32(length).try_inverse().unwrap_or(F::ZERO);
        let offset = (step.operands[0] & U256::from(u32::MAX)).as_limbs()[0] as u32;
        (length != 0).then_some(Stream { frame: step.frame, clk: step.clk, offset, length })
    }

    /// The arrival at identifier 0.
    pub fn push_trap(&mut self, arrival: &Arrival, ctx: &mut Context) {
        let row = FinishCols::view_mut(self.0.push(FinishCols::<F>::WIDTH));
        row.is_trap = F::ONE;
        arrival.fill(&mut row.state);
        (row.a.time, row.b.time) = (row.state.region, row.state.region);
        begun(row, arrival.frame, arrival.region, ctx);
    }

    /// Out of gas at the instruction `id`, before it runs; returns the gas charged with its field.
    pub fn push_out(&mut self, id: u32, arrival: &Arrival, ctx: &mut Context) -> u32 {
        let Arrival { frame, region, gas, words, .. } = *arrival;
        let rom = ctx.rom[&id];
        let row = FinishCols::view_mut(self.0.push(FinishCols::<F>::WIDTH));
        row.is_out = F::ONE;
        row.state.id = F::from_u32(id);
        arrival.fill(&mut row.state);
        // The tuple goes through the look-up as it is; the operands' words are not read, but their constant flags still say which time they would have.
        row.op = F::from_u32(rom.op & !(1 << 8 | 1 << 9));
        row.a.constant = F::from_bool(rom.is_constant(0));
        row.b.constant = F::from_bool(rom.is_constant(1));
        row.a.time = F::from_u32(if rom.is_constant(0) { 0 } else { region });
        row.b.time = F::from_u32(if rom.is_constant(1) { 0 } else { region });
        row.a.id = F::from_u32(rom.fields[0]);
        row.b.id = F::from_u32(rom.fields[1]);
        row.c = rom.tuple()[4];
        row.gas = F::from_u32(rom.gas);
        *ctx.executions.entry(id).or_default() += 1;
        let charged = gas + rom.gas;
        *ctx.gas_left.entry((frame, charged, words)).or_default() += 1;
        let given = ctx.gas_given.get(&frame).copied().unwrap_or(0);
        let (_, missing) = gas_left(given, charged, words);
        row.missing = digits(missing);
        begun(row, frame, region, ctx);
        charged
    }

    /// The table, if there are rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(FinishCols::<F>::WIDTH, 2)
    }
}
