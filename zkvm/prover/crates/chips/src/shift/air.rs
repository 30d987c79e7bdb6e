use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use sol2zk_executor::isa;

use super::columns::ShiftCols;
use crate::bus::{self, ChipBuilder, F, exprs, int, name};
use crate::columns::LIMBS;

/// Constraints of the shifts.
#[derive(Clone, Copy, Debug, Default)]
pub struct ShiftAir;

impl BaseAir<F> for ShiftAir {
    fn width(&self) -> usize {
        ShiftCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for ShiftAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row: &ShiftCols<B::Var> = ShiftCols::view(main.current_slice());
        let [shl, shr, sar] = exprs::<B, 3>([row.shl, row.shr, row.sar]);

        // A row that is two instructions at once, or a fraction of one.
        for flag in [row.shl, row.shr, row.sar, row.low, row.high, row.byte] {
            b.assert_bool(flag);
        }
        let real = shl.clone() + shr.clone() + sar.clone();
        b.assert_bool(real.clone());
        // A result given by a row that is not real.
        b.assert_zero((B::Expr::ONE - real.clone()) * row.uses.into());

        let (id, region): (B::Expr, B::Expr) = (row.id.into(), row.region.into());
        bus::read_operand(b, &row.a, region.clone(), real.clone());
        bus::read_operand(b, &row.b, region.clone(), real.clone());

        let small = amount(b, row, real.clone());
        let limbs = product(b, row, small);
        result(b, row, &limbs);

        let op = shl * int::<B>(isa::SHL.into()) + shr * int::<B>(isa::SHR.into()) + sar * int::<B>(isa::SAR.into());
        let constants = [row.a.constant.into(), row.b.constant.into(), B::Expr::ZERO];
        bus::fetch(b, id.clone(), op, constants, [row.a.id.into(), row.b.id.into(), B::Expr::ZERO], B::Expr::ZERO, real);
        bus::give_wire(b, region, id, exprs::<B, LIMBS>(row.result), row.uses.into());
    }
}

/// Ties the move, the power and the byte to the amount; returns the flag of amounts below 256.
fn amount<B: ChipBuilder>(b: &mut B, row: &ShiftCols<B::Var>, real: B::Expr) -> B::Expr {
    let one = B::Expr::ONE;
    let small = real - row.low.into() - row.high.into();
    // A row whose amount is small and large at once.
    b.assert_bool(small.clone());
    // Two moves or powers, a fraction of one, or none where the amount is small.
    for flag in row.moves.into_iter().chain(row.powers) {
        b.assert_bool(flag);
    }
    b.assert_zero(row.moves.iter().map(|&m| m.into()).sum::<B::Expr>() - small.clone());
    b.assert_zero(row.powers.iter().map(|&m| m.into()).sum::<B::Expr>() - small.clone());
    // A move to the wrong side.
    let (left, right) = row.moves.split_at(LIMBS);
    b.assert_zero(row.shl.into() * right.iter().map(|&m| m.into()).sum::<B::Expr>());
    b.assert_zero((row.shr.into() + row.sar.into()) * left[1..].iter().map(|&m| m.into()).sum::<B::Expr>());
    // A large amount taken for a small one. The sum of 15 limbs is below 2^20, so it is 0 only if each is.
    let high: B::Expr = row.a.limbs[1..].iter().map(|&limb| limb.into()).sum();
    b.assert_zero(small.clone() * high.clone());
    // A move that is not by the amount: limb 0 is 16 L + 8 byte + k to the left, 16 L - 8 byte - k to the right (negative for L = 0, so then byte = k = 0).
    let distance = |(l, &flag): (usize, &B::Var)| flag.into() * int::<B>(16 * l as u32);
    let limbs = left.iter().enumerate().map(distance).sum::<B::Expr>() + right.iter().enumerate().map(|(l, flag)| distance((l + 1, flag))).sum::<B::Expr>();
    let bits = row.powers.iter().enumerate().map(|(k, &flag)| flag.into() * int::<B>(k as u32)).sum::<B::Expr>() + row.byte.into() * int::<B>(8);
    let side = row.shl.into() - row.shr.into() - row.sar.into();
    b.assert_zero(small.clone() * (row.a.limbs[0].into() - limbs - side * bits));
    // A small amount taken for a large one: limb 0 is 256 or more (else the difference is negative, outside the table), or the other limbs are not all 0.
    bus::range16(b, row.a.limbs[0].into() - int::<B>(256), row.low.into());
    b.assert_zero(row.high.into() * (one - high * row.inverse.into()));
    small
}

/// Constrains 2^k b and the sign; returns limbs 0..16 of the product moved by the byte.
///
/// Forgery prevented: wrong product limbs. 2^k b_i + carry_{i-1} < 2^23 + 2^8 and low_i + 2^8 high_i + 2^16 carry_i < 2^24 + 2^16 do not wrap, and bytes make the split unique;
/// by induction carry_i < 2^k.
fn product<B: ChipBuilder>(b: &mut B, row: &ShiftCols<B::Var>, small: B::Expr) -> [B::Expr; LIMBS] {
    let power: B::Expr = row.powers.iter().enumerate().map(|(k, &flag)| flag.into() * int::<B>(1 << k)).sum();
    let byte: B::Expr = row.byte.into();
    let (mut carry, mut below) = (B::Expr::ZERO, B::Expr::ZERO);
    let limbs = core::array::from_fn(|i| {
        let [low, high, next] = exprs::<B, 3>([row.product_low[i], row.product_high[i], row.carries[i]]);
        let limb = low.clone() + high.clone() * int::<B>(1 << 8);
        b.assert_zero(power.clone() * row.b.limbs[i].into() + carry.clone() - limb.clone() - next.clone() * int::<B>(1 << 16));
        bus::query(b, name::BYTES, vec![low.clone(), high.clone()], small.clone());
        let moved = low * int::<B>(1 << 8) + below.clone();
        (carry, below) = (next, high);
        limb.clone() + byte.clone() * (moved - limb)
    });
    for pair in row.carries.chunks(2) {
        bus::query(b, name::BYTES, vec![pair[0].into(), pair[1].into()], small.clone());
    }
    // A wrong sign: 0 unless SAR, boolean; the rest of the top limb has 15 bits.
    let sign: B::Expr = row.sign.into();
    b.assert_zero(sign.clone() * (row.sar.into() - sign.clone()));
    bus::range16(b, (row.b.limbs[LIMBS - 1].into() - sign.clone() * int::<B>(1 << 15)) * int::<B>(2), row.sar.into());
    // Wrong bits above the word: b extended by its sign has 2^16 - 2^k and the carry in limb 16 of the product, of which 2^8 - 2^k and the carry are the low byte.
    let fill = |bits: u32| carry.clone() + sign.clone() * (int::<B>(1 << bits) - power.clone());
    b.assert_zero(row.top.into() - fill(16) - byte * (fill(8) * int::<B>(1 << 8) + below - fill(16)));
    limbs
}

/// Constrains the result: `limbs` and `top` moved by whole limbs, zeros or the sign's fill from outside.
///
/// Forgery prevented: a limb from elsewhere. The limbs moved are 16-bit values, so the result is.
fn result<B: ChipBuilder>(b: &mut B, row: &ShiftCols<B::Var>, limbs: &[B::Expr; LIMBS]) {
    let filled = row.sign.into() * int::<B>(0xffff);
    for (j, &limb) in row.result.iter().enumerate() {
        let mut moved = filled.clone() * (row.low.into() + row.high.into());
        for l in 0..=j {
            moved += row.moves[l].into() * limbs[j - l].clone();
        }
        for l in 1..=LIMBS {
            let from = match j + l {
                i if i < LIMBS => limbs[i].clone(),
                LIMBS => row.top.into(),
                _ => filled.clone(),
            };
            moved += row.moves[LIMBS - 1 + l].into() * from;
        }
        b.assert_zero(limb.into() - moved);
    }
}
