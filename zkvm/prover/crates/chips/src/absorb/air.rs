use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;

use super::AbsorbCols;
use super::columns::{BLOCK_BYTES, BLOCK_LANES};
use crate::bus::{self, ChipBuilder, F, int, name};
use crate::columns::LIMBS;
use crate::keccak::RATE_LIMBS;

/// The absorb chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct AbsorbAir;

impl BaseAir<F> for AbsorbAir {
    fn width(&self) -> usize {
        AbsorbCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for AbsorbAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = AbsorbCols::view(main.current_slice());
        let (more, last): (B::Expr, B::Expr) = (row.more.into(), row.last.into());
        let real = more.clone() + last.clone();
        // One kind of row.
        b.assert_bool(row.more);
        b.assert_bool(row.last);
        b.assert_bool(real.clone());
        let (clk, block): (B::Expr, B::Expr) = (row.clk.into(), row.block.into());

        // The message: lanes by their place in it. One that is not taken is zero here, and unless it is zero there, its sender finds no receiver.
        for (i, &there) in row.there.iter().enumerate() {
            let limbs = &row.message[4 * i..4 * (i + 1)];
            b.assert_bool(there);
            b.assert_zero((B::Expr::ONE - real.clone()) * there.into());
            for &limb in limbs {
                // Forgery: bytes that the message does not have.
                b.assert_zero((B::Expr::ONE - there.into()) * limb.into());
            }
            let mut lane = vec![clk.clone(), block.clone() * int::<B>(BLOCK_LANES as u32) + int::<B>(i as u32)];
            lane.extend(limbs.iter().map(|&limb| limb.into()));
            bus::receive(b, name::LANE, lane, there.into());
        }

        // The padding: 0x01 after the message, whose end lies in the last block, and 0x80 in that block's last byte.
        for flag in row.even.into_iter().chain(row.odd) {
            b.assert_bool(flag);
        }
        b.assert_zero(row.even.iter().chain(&row.odd).map(|&flag| flag.into()).sum::<B::Expr>() - last.clone());
        let place = (0..RATE_LIMBS).map(|j| row.even[j].into() * int::<B>(2 * j as u32) + row.odd[j].into() * int::<B>(2 * j as u32 + 1));
        // Forgery: padding at another place than the message's end; a block too few or too many: of length - 136 k, below 2^26 and above -2^30 as k is
        // below 2^22, only one is below 136.
        b.assert_zero(last.clone() * (place.sum::<B::Expr>() - row.remaining.into()));

        // The state with the block: x ^ y = x + y - 2 (x & y). The state's limbs are 16-bit values (zero, or sums of bits of the permutation); so are the
        // block's by the look-up.
        let mut state: Vec<B::Expr> = Vec::with_capacity(row.before.len() + row.after.len());
        for j in 0..RATE_LIMBS {
            let (x, both): (B::Expr, B::Expr) = (row.before[j].into(), row.both[j].into());
            let mut y = row.message[j].into() + row.even[j].into() + row.odd[j].into() * int::<B>(256);
            if j == RATE_LIMBS - 1 {
                y += last.clone() * int::<B>(0x8000);
            }
            bus::query(b, name::LIMB_AND, vec![x.clone(), y.clone(), both.clone()], real.clone());
            state.push(x + y - both.double());
        }
        state.extend(row.before[RATE_LIMBS..].iter().map(|&limb| limb.into()));
        state.extend(row.after.iter().map(|&limb| limb.into()));
        bus::receive(b, name::PERMUTATION, state, real.clone());

        // From block to block (forgery: a block left out, taken twice, or after another state).
        let remaining: B::Expr = row.remaining.into();
        let mut from = vec![clk.clone(), block.clone(), remaining.clone()];
        from.extend(row.before.iter().map(|&limb| limb.into()));
        bus::receive(b, name::ABSORB, from, real);
        let mut to = vec![clk.clone(), block + B::Expr::ONE, remaining - int::<B>(BLOCK_BYTES as u32)];
        to.extend(row.after.iter().map(|&limb| limb.into()));
        bus::send(b, name::ABSORB, to, more);
        let mut digest = vec![clk];
        digest.extend(row.after[..LIMBS].iter().map(|&limb| limb.into()));
        bus::send(b, name::SQUEEZE, digest, last);
    }
}
