use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::trace::PureStep;

use super::HashCols;
use crate::bus::F;
use crate::columns::LIMBS;
use crate::context::{Context, Rows};
use crate::keccak::{KeccakRows, RATE_LIMBS};
use crate::word::{limbs, limbs16};

/// Rows of the hash chip.
#[derive(Clone, Debug, Default)]
pub struct HashRows(Rows);

/// Low bytes of a word's limbs; counts the look-ups.
fn lows(word: U256, ctx: &mut Context) -> [F; LIMBS] {
    limbs16(word).map(|limb| {
        ctx.limb_bytes(limb);
        F::from_u16(limb & 0xff)
    })
}

/// A word's limbs in Keccak's order.
pub fn keccak_limbs(word: U256) -> [u16; LIMBS] {
    let limbs = limbs16(word);
    core::array::from_fn(|j| limbs[LIMBS - 1 - j].swap_bytes())
}

impl HashRows {
    /// Appends the row of an executed instruction and the permutation it needs.
    pub fn push(&mut self, step: &PureStep, ctx: &mut Context, keccak: &mut KeccakRows) {
        let row = HashCols::view_mut(self.0.push(HashCols::<F>::WIDTH));
        let two = step.op == isa::HASH2;
        row.is_one = F::from_bool(!two);
        row.is_two = F::from_bool(two);
        row.id = F::from_u32(step.id);
        row.region = F::from_u32(step.region);
        let [a, b, _] = step.operands;
        ctx.operand(&mut row.a, step.id, 0, step.region, a);
        if two {
            ctx.operand(&mut row.b, step.id, 1, step.region, b);
        } else {
            row.b.time = F::from_u32(step.region);
        }
        row.a_low = lows(a, ctx);
        row.b_low = lows(if two { b } else { U256::ZERO }, ctx);
        row.result = limbs(step.result);
        row.result_low = lows(step.result, ctx);
        row.uses = ctx.uses(step.region, step.id);
        let mut block = [0; RATE_LIMBS];
        block[..LIMBS].copy_from_slice(&keccak_limbs(a));
        if two {
            block[LIMBS..2 * LIMBS].copy_from_slice(&keccak_limbs(b));
        }
        block[if two { 2 * LIMBS } else { LIMBS }] = 1;
        block[RATE_LIMBS - 1] = 0x8000;
        keccak.push(&block);
    }

    /// The table, if there are rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(HashCols::<F>::WIDTH, 2)
    }
}
