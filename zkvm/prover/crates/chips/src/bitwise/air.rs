use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use sol2zk_executor::isa;

use super::BitwiseCols;
use crate::bus::{self, ChipBuilder, F, exprs, int, name};
use crate::columns::LIMBS;

/// The chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct BitwiseAir;

impl BaseAir<F> for BitwiseAir {
    fn width(&self) -> usize {
        BitwiseCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for BitwiseAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = BitwiseCols::view(main.current_slice());
        let flags = [row.is_and, row.is_or, row.is_xor, row.is_not];
        // One instruction a row.
        for flag in flags {
            b.assert_bool(flag);
        }
        let real: B::Expr = flags.iter().map(|&flag| flag.into()).sum();
        b.assert_bool(real.clone());
        let op = flags.iter().zip([isa::AND, isa::OR, isa::XOR, isa::NOT]).map(|(&flag, code)| flag.into() * int::<B>(code.into())).sum();
        let [is_and, is_or, is_xor, is_not] = exprs::<B, 4>(flags);
        let constants = [row.a.constant.into(), row.b.constant.into(), B::Expr::ZERO];
        bus::fetch(b, row.id.into(), op, constants, [row.a.id.into(), row.b.id.into(), B::Expr::ZERO], B::Expr::ZERO, real.clone());
        bus::read_operand(b, &row.a, row.region.into(), real.clone());
        bus::read_operand(b, &row.b, row.region.into(), real.clone() - is_not.clone());

        let ones = int::<B>(0xffff);
        for i in 0..LIMBS {
            let (x, y, and): (B::Expr, B::Expr, B::Expr) = (row.a.limbs[i].into(), row.b.limbs[i].into(), row.and[i].into());
            let (by_a, by_b): (B::Expr, B::Expr) = (row.by_a[i].into(), row.by_b[i].into());
            b.assert_bool(row.by_a[i]);
            b.assert_bool(row.by_b[i]);
            b.assert_zero(by_a.clone() * by_b.clone());
            b.assert_zero((B::Expr::ONE - real.clone()) * (by_a.clone() + by_b.clone()));
            // A settled limb: the mask's limb is all zeros or all ones (forgery: a limb kept or dropped though the mask says otherwise).
            b.assert_zero(by_a.clone() * x.clone() * (x.clone() - ones.clone()));
            b.assert_zero(by_b.clone() * y.clone() * (y.clone() - ones.clone()));
            b.assert_zero((by_a.clone() + by_b.clone()) * (and.clone() * ones.clone() - x.clone() * y.clone()));
            bus::query(b, name::LIMB_AND, vec![x.clone(), y.clone(), and.clone()], real.clone() - by_a - by_b);
            // The result by instruction; all limbs are 16-bit since a, b and the AND are (forgery: another function of the bits).
            let result: B::Expr = row.result[i].into();
            b.assert_zero(is_and.clone() * (result.clone() - and.clone()));
            b.assert_zero(is_or.clone() * (result.clone() - x.clone() - y.clone() + and.clone()));
            b.assert_zero(is_xor.clone() * (result.clone() - x.clone() - y.clone() + and * int::<B>(2)));
            b.assert_zero(is_not.clone() * (result + x - ones.clone()));
            b.assert_zero(is_not.clone() * y);
        }
        b.assert_zero((B::Expr::ONE - real) * row.uses.into());
        bus::give_wire(b, row.region.into(), row.id.into(), exprs::<B, LIMBS>(row.result), row.uses.into());
    }
}
