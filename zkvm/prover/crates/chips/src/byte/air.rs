use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use sol2zk_executor::isa;

use super::columns::ByteCols;
use crate::bus::{self, ChipBuilder, F, exprs, int};
use crate::columns::LIMBS;
use crate::mul::{BYTES, limb_bytes};

/// Constraints of BYTE and SIGNEXTEND.
#[derive(Clone, Copy, Debug, Default)]
pub struct ByteAir;

impl BaseAir<F> for ByteAir {
    fn width(&self) -> usize {
        ByteCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for ByteAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row: &ByteCols<B::Var> = ByteCols::view(main.current_slice());
        let [byte, extend] = exprs::<B, 2>([row.byte, row.extend]);

        // A row that is both instructions, or a fraction of one.
        for flag in [row.byte, row.extend, row.low, row.high] {
            b.assert_bool(flag);
        }
        let real = byte.clone() + extend.clone();
        b.assert_bool(real.clone());
        // A result given by a row that is not real.
        b.assert_zero((B::Expr::ONE - real.clone()) * row.uses.into());

        let (id, region): (B::Expr, B::Expr) = (row.id.into(), row.region.into());
        bus::read_operand(b, &row.a, region.clone(), real.clone());
        bus::read_operand(b, &row.b, region.clone(), real.clone());
        index(b, row, real.clone());
        let bytes = limb_bytes(b, &row.b.limbs, &row.b_high, real.clone());
        result(b, row, &bytes);

        let op = byte * int::<B>(isa::BYTE.into()) + extend * int::<B>(isa::SIGNEXTEND.into());
        let constants = [row.a.constant.into(), row.b.constant.into(), B::Expr::ZERO];
        bus::fetch(b, id.clone(), op, constants, [row.a.id.into(), row.b.id.into(), B::Expr::ZERO], B::Expr::ZERO, real);
        bus::give_wire(b, region, id, exprs::<B, LIMBS>(row.result), row.uses.into());
    }
}

/// Ties the mark to the index.
fn index<B: ChipBuilder>(b: &mut B, row: &ByteCols<B::Var>, real: B::Expr) {
    let inside = real - row.low.into() - row.high.into();
    // A row whose index is inside and outside at once.
    b.assert_bool(inside.clone());
    // Two marks, a fraction of one, none where the index is inside, or one where it is not.
    for mark in row.marks {
        b.assert_bool(mark);
    }
    b.assert_zero(row.marks.iter().map(|&mark| mark.into()).sum::<B::Expr>() - inside.clone());
    // An index outside taken for one inside. The sum of 15 limbs is below 2^20, so it is 0 only if each is.
    let high: B::Expr = row.a.limbs[1..].iter().map(|&limb| limb.into()).sum();
    b.assert_zero(inside * high.clone());
    // Another byte. (For each flag apart: where the index is not inside, the marks are 0 and the difference is free.)
    let inside = |flag: B::Expr| flag - (row.low.into() + row.high.into());
    let place: B::Expr = row.marks.iter().zip(0..).map(|(&mark, i)| mark.into() * int::<B>(i)).sum();
    let a: B::Expr = row.a.limbs[0].into();
    b.assert_zero(row.extend.into() * inside(row.extend.into()) * (a.clone() - place.clone()));
    b.assert_zero(row.byte.into() * inside(row.byte.into()) * (a.clone() + place - int::<B>(31)));
    // An index inside taken for one outside: limb 0 is 32 or more (else the difference is negative, outside the table), or the other limbs are not all 0.
    bus::range16(b, a - int::<B>(32), row.low.into());
    b.assert_zero(row.high.into() * (B::Expr::ONE - high * row.inverse.into()));
}

/// Constrains the result: the byte, or b with the bytes above it filled with its sign.
fn result<B: ChipBuilder>(b: &mut B, row: &ByteCols<B::Var>, bytes: &[B::Expr; BYTES]) {
    let [byte, extend, sign] = exprs::<B, 3>([row.byte, row.extend, row.sign]);
    // Another byte than the marked one.
    let chosen: B::Expr = row.marks.iter().zip(bytes).map(|(&mark, byte)| mark.into() * byte.clone()).sum();
    b.assert_zero(row.chosen.into() - chosen);
    // A wrong sign: boolean, 0 unless SIGNEXTEND; the rest of the byte has 7 bits (a wrong sign leaves it negative or above 2^7: times 2^9, outside the table).
    b.assert_zero(sign.clone() * (extend.clone() - sign.clone()));
    bus::range16(b, (row.chosen.into() - sign.clone() * int::<B>(1 << 7)) * int::<B>(1 << 9), extend.clone());
    // A wrong limb. Both cases give bytes, so the result has 16-bit limbs.
    let filled = sign * int::<B>(0xff);
    let mut above = B::Expr::ZERO;
    let mut limb = B::Expr::ZERO;
    for (i, byte_i) in bytes.iter().enumerate() {
        let value = byte_i.clone() + above.clone() * (filled.clone() - byte_i.clone());
        above += row.marks[i].into();
        if i % 2 == 0 {
            limb = value;
        } else {
            let first = if i == 1 { byte.clone() * row.chosen.into() } else { B::Expr::ZERO };
            b.assert_zero(row.result[i / 2].into() - extend.clone() * (limb.clone() + value * int::<B>(256)) - first);
        }
    }
}
