use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use sol2zk_executor::isa;

use super::columns::BitwiseCols;
use crate::bus::{self, ChipBuilder, F, exprs, int, name};
use crate::columns::LIMBS;

/// Constraints of the bitwise instructions.
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
        let row: &BitwiseCols<B::Var> = BitwiseCols::view(main.current_slice());
        let [and, or, xor, not] = exprs::<B, 4>([row.and, row.or, row.xor, row.not]);

        // A row that is two instructions at once, or a fraction of one.
        for flag in [row.and, row.or, row.xor, row.not] {
            b.assert_bool(flag);
        }
        let binary = and.clone() + or.clone() + xor.clone();
        let real = binary.clone() + not.clone();
        b.assert_bool(real.clone());
        // A result given by a row that is not real.
        b.assert_zero((B::Expr::ONE - real.clone()) * row.uses.into());

        let (id, region): (B::Expr, B::Expr) = (row.id.into(), row.region.into());
        bus::read_operand(b, &row.a, region.clone(), real.clone());
        bus::read_operand(b, &row.b, region.clone(), binary.clone());

        let full = int::<B>(0xffff);
        for i in 0..LIMBS {
            let [x, y, both, by_a, by_b] = exprs::<B, 5>([row.a.limbs[i], row.b.limbs[i], row.both[i], row.by_a[i], row.by_b[i]]);
            // A limb that claims to be a mask limb and is none.
            b.assert_bool(row.by_a[i]);
            b.assert_bool(row.by_b[i]);
            b.assert_zero(by_a.clone() * x.clone() * (x.clone() - full.clone()));
            b.assert_zero(by_b.clone() * y.clone() * (y.clone() - full.clone()));
            // A wrong AND with a mask limb: 0xffff (x & y) = x y if one of them is 0 or 0xffff, and 0xffff is not 0 mod p.
            b.assert_zero((by_a.clone() + by_b.clone()) * (both.clone() * full.clone() - x.clone() * y.clone()));
            // A limb settled twice, or by a row without a second operand: a look-up count that is not 0 or 1.
            let looked = binary.clone() - by_a - by_b;
            b.assert_bool(looked.clone());
            bus::query(b, name::LIMB_AND, vec![x.clone(), y.clone(), both.clone()], looked);
            // A wrong result. It is a 16-bit value since x, y and x & y are.
            let result = and.clone() * both.clone()
                + or.clone() * (x.clone() + y.clone() - both.clone())
                + xor.clone() * (x.clone() + y - both.double())
                + not.clone() * (full.clone() - x);
            b.assert_zero(row.result[i].into() - result);
        }

        let op = and * int::<B>(isa::AND.into()) + or * int::<B>(isa::OR.into()) + xor * int::<B>(isa::XOR.into()) + not * int::<B>(isa::NOT.into());
        let constants = [row.a.constant.into(), row.b.constant.into(), B::Expr::ZERO];
        bus::fetch(b, id.clone(), op, constants, [row.a.id.into(), row.b.id.into(), B::Expr::ZERO], B::Expr::ZERO, real);
        bus::give_wire(b, region, id, exprs::<B, LIMBS>(row.result), row.uses.into());
    }
}
