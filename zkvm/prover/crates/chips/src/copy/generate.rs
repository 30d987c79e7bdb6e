use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::trace::Step;

use super::CopyCols;
use super::air::FAR;
use crate::bus::{F, tag};
use crate::context::{Context, Rows};
use crate::window::{Job, kind};
use crate::word::{limbs, limbs16};

/// Rows of the copy chip.
#[derive(Clone, Debug, Default)]
pub struct CopyRows(Rows);

/// The lowest 32 bits.
fn low32(word: U256) -> u32 {
    word.as_limbs()[0] as u32
}

impl CopyRows {
    /// Appends the row of an executed instruction; returns the window chip's job, if bytes are to be moved.
    pub fn push(&mut self, step: &Step, ctx: &mut Context) -> Option<Job> {
        let rom = ctx.row(step);
        let row = CopyCols::view_mut(self.0.push(CopyCols::<F>::WIDTH));
        *match step.op {
            isa::MLOAD => &mut row.is_load,
            isa::MSTORE => &mut row.is_store,
            isa::MSTORE8 => &mut row.is_byte,
            isa::MCOPY => &mut row.is_memory,
            isa::CODECOPY => &mut row.is_code,
            _ => &mut row.is_calldata,
        } = F::ONE;
        ctx.state(&mut row.state, step);
        row.gas = F::from_u32(rom.gas);
        let [a, b, c] = step.operands;
        let region = F::from_u32(step.region);
        (row.a.time, row.b.time, row.c.time) = (region, region, region);
        ctx.operand(&mut row.a, step.id, 0, step.region, a);
        if step.op == isa::MLOAD {
            row.word = limbs(step.result);
            row.uses = ctx.uses(step.region, step.id);
            return Some(Job::stream(step.frame, step.clk, tag::LOADED, step.clk, low32(a), 32));
        }
        ctx.operand(&mut row.b, step.id, 1, step.region, b);
        let limb = limbs16(a)[0];
        row.position = F::from_u16(limb / 32);
        row.first = F::from_u16(limb % 32);
        ctx.range_bits((limb / 32).into(), 11);
        ctx.range_bits((limb % 32).into(), 5);
        let (frame, clk, to) = (step.frame, step.clk, low32(a));
        if matches!(step.op, isa::MSTORE | isa::MSTORE8) {
            let (byte, length) = if step.op == isa::MSTORE { (0, 32) } else { (31, 1) };
            row.word = limbs(b);
            row.byte = F::from_u32(byte);
            row.length = F::from_u32(length);
            row.active = F::ONE;
            return Some(Job::given(frame, clk, to, b, byte, length));
        }
        ctx.operand(&mut row.c, step.id, 2, step.region, c);
        let length = low32(c);
        copy_length(row, step, length, ctx);
        let job = if step.op == isa::MCOPY {
            let limb = limbs16(b)[0];
            row.source_position = F::from_u16(limb / 32);
            row.byte = F::from_u16(limb % 32);
            row.asked = F::from_u32(u32::from(limb / 32) + (u32::from(limbs16(b)[1]) << 11));
            ctx.range_bits((limb / 32).into(), 11);
            ctx.range_bits((limb % 32).into(), 5);
            Job::memory(frame, clk, to, low32(b), length)
        } else {
            let from = claim_source(row, b, ctx);
            let info = ctx.frame_info[&frame];
            *ctx.frames.entry(frame).or_default() += 1;
            row.call = F::from_u32(info.call);
            row.label = row.call;
            row.account = F::from_u32(info.account);
            row.doomed = F::from_bool(info.doomed);
            row.sentry = F::from_bool(info.sentry);
            let kind = if step.op == isa::CODECOPY { kind::CODE } else { kind::CALLDATA };
            Job::claim(frame, clk, kind, info.call, to, from, length)
        };
        (length != 0).then_some(job)
    }

    /// The table, if there are rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(CopyCols::<F>::WIDTH, 2)
    }
}

/// Length, words and gas of a copy.
fn copy_length(row: &mut CopyCols<F>, step: &Step, length: u32, ctx: &mut Context) {
    let words = length.div_ceil(32);
    row.length = F::from_u32(length);
    row.active = F::from_bool(length != 0);
    row.inverse = row.length.try_inverse().unwrap_or(F::ZERO);
    row.words_low = F::from_u32(words & 0xffff);
    row.words_high = F::from_u32(words >> 16);
    row.slack = F::from_u32(words * 32 - length);
    ctx.range_bits(length >> 16, 10);
    ctx.range16(words & 0xffff);
    ctx.range_bits(words >> 16, 6);
    ctx.range_bits(words * 32 - length, 5);
    let gas = (step.gas + step.charge) as u32;
    row.gas_low = F::from_u32(gas & 0xffff);
    row.gas_high = F::from_u32(gas >> 16);
    ctx.range16(gas & 0xffff);
    ctx.range_bits(gas >> 16, 14);
}

/// Source offset of a copy from the claim's data.
fn claim_source(row: &mut CopyCols<F>, source: U256, ctx: &mut Context) -> u32 {
    let parts = limbs16(source);
    let upper: F = parts[2..].iter().map(|&limb| F::from_u16(limb)).sum();
    let from = if upper != F::ZERO {
        row.far_high = F::ONE;
        row.far_inverse = upper.inverse();
        FAR
    } else if parts[1] >= 1 << 13 {
        row.far_middle = F::ONE;
        ctx.range16(u32::from(parts[1]) - (1 << 13));
        FAR
    } else {
        row.near = F::ONE;
        ctx.range_bits(parts[1].into(), 13);
        low32(source)
    };
    row.asked = F::from_u32(from);
    from
}
