use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use sol2zk_executor::trace::Step;

use super::columns::MgrowCols;
use crate::bus::F;
use crate::context::{Context, Rows};
use crate::word::limbs16;

/// Rows of the chip under construction.
#[derive(Clone, Debug, Default)]
pub struct MgrowRows {
    rows: Rows,
}

fn sum(limbs: &[u16]) -> u32 {
    limbs.iter().map(|&limb| u32::from(limb)).sum()
}

impl MgrowRows {
    /// Adds the row of a `MGROW`.
    pub fn push(&mut self, step: &Step, ctx: &mut Context) {
        let rom = ctx.row(step);
        let [offset, length, _] = step.operands;
        let c = MgrowCols::view_mut(self.rows.push(MgrowCols::<F>::WIDTH));
        ctx.state(&mut c.state, step);
        c.charge = F::from_u32(rom.gas);
        ctx.operand(&mut c.offset, step.id, 0, step.region, offset);
        ctx.operand(&mut c.length, step.id, 1, step.region, length);
        c.next = F::from_u32(step.id + 1);
        c.words_after = c.state.words;
        let (off, len) = (limbs16(offset), limbs16(length));
        let size = sum(&len);
        if size == 0 {
            c.skip = F::ONE;
            return;
        }
        c.length_inverse = F::from_u32(size).inverse();
        let high = sum(&off[2..]) + sum(&len[2..]);
        let other = sum(&off) + size - u32::from(len[2]);
        if other == 0 && len[2] == 1 {
            c.whole = F::ONE;
            c.words_after = F::from_u32(1 << 27);
            return;
        }
        if high != 0 {
            let third = F::from_u16(len[2]);
            if other != 0 {
                c.other_inverse = F::from_u32(other).inverse();
            } else {
                c.third_inverse = (third * (third - F::ONE)).inverse();
            }
            c.far = F::ONE;
            c.high_inverse = F::from_u32(high).inverse();
            c.next = F::ZERO;
            return;
        }
        let low = i64::from(off[0]) + i64::from(len[0]) - 1;
        let carry = low >> 16;
        let (first, rest) = ((low as u32 & 0xffff) / 32, low as u32 & 31);
        // len > 0 and no limb from 2 on: the sum is not negative
        let top = (i64::from(off[1]) + i64::from(len[1]) + carry) as u32;
        let second = top & 0xffff;
        c.carry = F::from_i64(carry);
        c.rest = F::from_u32(rest);
        c.first = F::from_u32(first);
        c.second = F::from_u32(second);
        ctx.range_bits(rest, 5);
        ctx.range_bits(first, 11);
        ctx.range16(second);
        if top >= 1 << 16 {
            c.over = F::ONE;
            c.next = F::ZERO;
            return;
        }
        let words = first + (second << 11) + 1;
        let grows = words > step.words;
        let distance = if grows { words - step.words - 1 } else { step.words - words };
        c.grow = F::from_bool(grows);
        c.keep = F::from_bool(!grows);
        c.words_after = F::from_u32(words.max(step.words));
        c.distance_low = F::from_u32(distance & 0x7ff);
        c.distance_high = F::from_u32(distance >> 11);
        ctx.range16(distance & 0x7ff);
        ctx.range16(distance >> 11);
    }

    /// The table; none if there are no rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.rows.finish(MgrowCols::<F>::WIDTH, 2)
    }
}
