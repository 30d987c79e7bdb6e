use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::{Field, PrimeCharacteristicRing};
use sol2zk_executor::isa;

use super::HashCols;
use crate::bus::{self, ChipBuilder, F, int, name};
use crate::columns::LIMBS;
use crate::keccak::RATE_LIMBS;

/// The hash chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct HashAir;

impl BaseAir<F> for HashAir {
    fn width(&self) -> usize {
        HashCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

/// Limbs of a word in Keccak's order, from the limbs and their low bytes; looks the bytes up.
///
/// Word limb 15 - j = high 256 + low holds bytes 2 j (high) and 2 j + 1 (low); Keccak's limb j is high + 256 low.
/// With low and (limb - low) / 256 both bytes, low is the low byte (forgery: other bytes hashed than the word has).
pub fn swapped<B: ChipBuilder>(b: &mut B, limbs: &[B::Var; LIMBS], low: &[B::Var; LIMBS], real: &B::Expr) -> Vec<B::Expr> {
    let inverse = B::Expr::from(F::from_u32(256).inverse());
    (0..LIMBS)
        .map(|j| {
            let (limb, low): (B::Expr, B::Expr) = (limbs[LIMBS - 1 - j].into(), low[LIMBS - 1 - j].into());
            let high = (limb - low.clone()) * inverse.clone();
            bus::query(b, name::BYTES, vec![low.clone(), high.clone()], real.clone());
            high + low * int::<B>(256)
        })
        .collect()
}

impl<B: ChipBuilder> Air<B> for HashAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = HashCols::view(main.current_slice());
        let (one, two): (B::Expr, B::Expr) = (row.is_one.into(), row.is_two.into());
        let real = one.clone() + two.clone();
        // One instruction a row.
        b.assert_bool(row.is_one);
        b.assert_bool(row.is_two);
        b.assert_bool(real.clone());
        let op = one.clone() * int::<B>(isa::HASH1.into()) + two.clone() * int::<B>(isa::HASH2.into());
        let constants = [row.a.constant.into(), row.b.constant.into(), B::Expr::ZERO];
        bus::fetch(b, row.id.into(), op, constants, [row.a.id.into(), row.b.id.into(), B::Expr::ZERO], B::Expr::ZERO, real.clone());
        bus::read_operand(b, &row.a, row.region.into(), real.clone());
        bus::read_operand(b, &row.b, row.region.into(), two.clone());
        // HASH1 hashes one word (forgery: bytes after the message). The limbs being zero, their low bytes are too, by the byte look-up.
        for limb in row.b.limbs {
            b.assert_zero((B::Expr::ONE - two.clone()) * limb.into());
        }

        let mut block = swapped(b, &row.a.limbs, &row.a_low, &real);
        block.extend(swapped(b, &row.b.limbs, &row.b_low, &real));
        block.resize(RATE_LIMBS, B::Expr::ZERO);
        // Padding of Keccak-256: 0x01 after the message, 0x80 in the last byte of the block.
        block[LIMBS] = block[LIMBS].clone() + one;
        block[2 * LIMBS] = two;
        block[RATE_LIMBS - 1] = real.clone() * int::<B>(0x8000);
        let digest = swapped(b, &row.result, &row.result_low, &real);
        block.extend(digest);
        // The digest's limbs are two bytes each by their look-ups: range-checked.
        bus::receive(b, name::KECCAK, block, real.clone());
        b.assert_zero((B::Expr::ONE - real) * row.uses.into());
        bus::give_wire(b, row.region.into(), row.id.into(), bus::exprs::<B, LIMBS>(row.result), row.uses.into());
    }
}
