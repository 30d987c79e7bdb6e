use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::trace::Step;

use super::columns::AccessCols;
use crate::bus::{F, REGISTER_SPACE, space};
use crate::context::{Context, Rows};
use crate::word::{limbs, limbs16};

/// Rows of the chip under construction.
#[derive(Clone, Debug, Default)]
pub struct AccessRows {
    rows: Rows,
}

/// Limb 0 over 32 and limb 1 of an offset that the chip serves: a multiple of 32 below 2^32.
fn split(offset: U256) -> Option<(u32, u32)> {
    let [low, high, rest @ ..] = limbs16(offset);
    (low % 32 == 0 && rest.iter().all(|&limb| limb == 0)).then(|| (u32::from(low) / 32, u32::from(high)))
}

impl AccessRows {
    /// Adds the row of a `GET`, `SET`, `MLOAD` or `MSTORE`. False, and nothing is done, if the access is the copy chip's (its offset is not a multiple of 32).
    pub fn push(&mut self, step: &Step, ctx: &mut Context) -> bool {
        let memory = step.op == isa::MLOAD || step.op == isa::MSTORE;
        let writes = step.op == isa::SET || step.op == isa::MSTORE;
        let rom = ctx.row(step);
        let Some((low, high)) = (if memory { split(step.operands[0]) } else { Some((0, 0)) }) else {
            return false;
        };
        let register = if memory { 0 } else { rom.fields[2] };
        let address = if memory { low + (high << 11) } else { space(REGISTER_SPACE) + register };
        let write = match step.op {
            isa::SET => Some(step.operands[0]),
            isa::MSTORE => Some(step.operands[1]),
            _ => None,
        };
        let now = step.clk + u32::from(writes);
        let touch = ctx.touch(step.frame, address, now, write);

        let c = AccessCols::view_mut(self.rows.push(AccessCols::<F>::WIDTH));
        c.get = F::from_bool(step.op == isa::GET);
        c.set = F::from_bool(step.op == isa::SET);
        c.load = F::from_bool(step.op == isa::MLOAD);
        c.store = F::from_bool(step.op == isa::MSTORE);
        ctx.state(&mut c.state, step);
        c.charge = F::from_u32(rom.gas);
        c.register = F::from_u32(register);
        if memory {
            c.offset_constant = F::from_bool(rom.is_constant(0));
            c.offset_time = F::from_u32(if rom.is_constant(0) { 0 } else { step.region });
            c.offset_id = F::from_u32(rom.fields[0]);
            c.offset_word = F::from_u32(low);
            c.offset_high = F::from_u32(high);
            ctx.range16(low);
        }
        let mut constant = false;
        let mut id = step.id;
        if step.op == isa::SET {
            (constant, id) = (rom.is_constant(0), rom.fields[0]);
            c.a_constant = F::from_bool(constant);
            c.a = F::from_u32(id);
        } else if step.op == isa::MSTORE {
            (constant, id) = (rom.is_constant(1), rom.fields[1]);
            c.b_constant = F::from_bool(constant);
            c.b = F::from_u32(id);
        } else {
            c.uses = ctx.uses(step.region, step.id);
        }
        c.word_time = F::from_u32(if constant { 0 } else { step.region });
        c.word_id = F::from_u32(id);
        ctx.previous(&mut c.previous, touch.previous, now);
        c.old = limbs(touch.old);
        c.word = limbs(touch.new);
        true
    }

    /// The table; none if there are no rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.rows.finish(AccessCols::<F>::WIDTH, 2)
    }
}
