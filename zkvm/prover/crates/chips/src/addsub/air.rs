use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::{Field, PrimeCharacteristicRing};

use super::columns::AddSubCols;
use crate::bus::{self, ChipBuilder, F, exprs, int};
use crate::columns::LIMBS;

/// Constraints of ADD and SUB.
#[derive(Clone, Copy, Debug, Default)]
pub struct AddSubAir;

impl BaseAir<F> for AddSubAir {
    fn width(&self) -> usize {
        AddSubCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

/// Constrains x + y = z modulo 2^256 where `on` is 1, for words of 16-bit limbs.
///
/// Forgery prevented: a wrong limb. carry_i = (x_i + y_i + carry_{i-1} - z_i) / 2^16 is 0 or 1; |numerator| <= 2^17, so it is the carry over the integers.
pub fn sum<B: ChipBuilder>(b: &mut B, on: B::Expr, x: &[B::Var; LIMBS], y: &[B::Var; LIMBS], z: &[B::Var; LIMBS]) {
    let shrink = B::Expr::from(F::from_u32(1 << 16).inverse());
    let mut carry = B::Expr::ZERO;
    for i in 0..LIMBS {
        carry = (x[i].into() + y[i].into() + carry - z[i].into()) * shrink.clone();
        b.assert_zero(on.clone() * carry.clone() * (carry.clone() - B::Expr::ONE));
    }
}

impl<B: ChipBuilder> Air<B> for AddSubAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row: &AddSubCols<B::Var> = AddSubCols::view(main.current_slice());

        // A row that is both instructions, or a fraction of one.
        b.assert_bool(row.add);
        b.assert_bool(row.sub);
        let real = row.add.into() + row.sub.into();
        b.assert_bool(real.clone());
        // A result given by a row that is not real.
        b.assert_zero((B::Expr::ONE - real.clone()) * row.uses.into());

        let (id, region): (B::Expr, B::Expr) = (row.id.into(), row.region.into());
        bus::read_operand(b, &row.a, region.clone(), real.clone());
        bus::read_operand(b, &row.b, region.clone(), real.clone());
        sum(b, row.add.into(), &row.a.limbs, &row.b.limbs, &row.result);
        sum(b, row.sub.into(), &row.result, &row.b.limbs, &row.a.limbs);
        // A limb of 2^16 or more, or a negative one, with a carry that makes up for it.
        for limb in row.result {
            bus::range16(b, limb.into(), real.clone());
        }

        let op = row.add.into() * int::<B>(sol2zk_executor::isa::ADD.into()) + row.sub.into() * int::<B>(sol2zk_executor::isa::SUB.into());
        let constants = [row.a.constant.into(), row.b.constant.into(), B::Expr::ZERO];
        bus::fetch(b, id.clone(), op, constants, [row.a.id.into(), row.b.id.into(), B::Expr::ZERO], B::Expr::ZERO, real);
        bus::give_wire(b, region, id, exprs::<B, LIMBS>(row.result), row.uses.into());
    }
}
