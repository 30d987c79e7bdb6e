use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::{Field, PrimeCharacteristicRing};
use sol2zk_executor::isa;

use super::PowerCols;
use crate::bus::{self, ChipBuilder, F, exprs, int, name};
use crate::columns::LIMBS;

/// The power chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct PowerAir;

impl BaseAir<F> for PowerAir {
    fn width(&self) -> usize {
        PowerCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

fn three<B: ChipBuilder>(words: [&[B::Expr]; 3]) -> Vec<B::Expr> {
    words.concat()
}

impl<B: ChipBuilder> Air<B> for PowerAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = PowerCols::view(main.current_slice());
        let (zero, more, instruction): (B::Expr, B::Expr, B::Expr) = (row.zero.into(), row.more.into(), row.instruction.into());
        let real = zero.clone() + more.clone();
        // One kind of row (forgery: a power of 0 that is not 1 by a row that is both kinds, or neither).
        for flag in [row.zero, row.more, row.instruction] {
            b.assert_bool(flag);
        }
        b.assert_bool(real.clone());
        b.assert_zero((B::Expr::ONE - real.clone()) * instruction.clone());
        // Forgery: a wire or an answer given by a row that is not real, or a wire by one that is no instruction.
        b.assert_zero((B::Expr::ONE - instruction.clone()) * row.uses.into());
        b.assert_zero((B::Expr::ONE - real) * row.powers.into());

        // The exponent is 0 or not (forgery: exponent 0 halved to itself, whose power would vouch for itself). An instruction's exponent is a word, and the half
        // of 16-bit limbs asked for below has 16-bit limbs again, so in every row that an instruction leads to the sum of the limbs is below 2^20 and is 0 for
        // exponent 0 only. A row of other limbs whose sum is 0 mod p answers none of these.
        let [base, exponent] = [exprs::<B, LIMBS>(row.base.limbs), exprs::<B, LIMBS>(row.exponent.limbs)];
        let sum: B::Expr = exponent.iter().cloned().sum();
        b.assert_zero(zero.clone() * sum.clone());
        b.assert_zero(more.clone() * (B::Expr::ONE - sum * row.inverse.into()));

        // Half of it: of a 16-bit limb and a bit of the wrong parity the half is no 16-bit value (it is (p + odd) / 2). Forgery: another exponent asked for.
        let half = B::Expr::from(F::from_u8(2).inverse());
        let shifted: Vec<B::Expr> = (0..LIMBS)
            .map(|i| {
                b.assert_bool(row.odd[i]);
                let rest = (exponent[i].clone() - row.odd[i].into()) * half.clone();
                bus::range16(b, rest.clone(), more.clone());
                rest + row.odd.get(i + 1).map_or(B::Expr::ZERO, |&bit| bit.into() * int::<B>(1 << 15))
            })
            .collect();
        let [root, square, result] = [row.root, row.square, row.result].map(exprs::<B, LIMBS>);
        bus::query(b, name::POWER, three::<B>([&base, &shifted, &root]), more.clone());
        bus::query(b, name::PRODUCT, three::<B>([&root, &root, &square]), more.clone());
        // Times the base if the lowest bit is 1 (forgery: a factor left out, or one too many).
        b.assert_zero(row.once.into() - more.clone() * row.odd[0].into());
        bus::query(b, name::PRODUCT, three::<B>([&square, &base, &result]), row.once.into());
        for i in 0..LIMBS {
            b.assert_zero((more.clone() - row.once.into()) * (result[i].clone() - square[i].clone()));
            // Any base to the power of 0 is 1.
            let one = if i == 0 { B::Expr::ONE } else { B::Expr::ZERO };
            b.assert_zero(zero.clone() * (result[i].clone() - one));
        }
        bus::provide(b, name::POWER, three::<B>([&base, &exponent, &result]), row.powers.into());

        // The instruction. The result's limbs are 16-bit values: those of a product, or of 1.
        let (id, region): (B::Expr, B::Expr) = (row.id.into(), row.region.into());
        bus::read_operand(b, &row.base, region.clone(), instruction.clone());
        bus::read_operand(b, &row.exponent, region.clone(), instruction.clone());
        let constants = [row.base.constant.into(), row.exponent.constant.into(), B::Expr::ZERO];
        let fields = [row.base.id.into(), row.exponent.id.into(), B::Expr::ZERO];
        bus::fetch(b, id.clone(), instruction.clone() * int::<B>(isa::EXP.into()), constants, fields, B::Expr::ZERO, instruction);
        bus::give_wire(b, region, id, result, row.uses.into());
    }
}
