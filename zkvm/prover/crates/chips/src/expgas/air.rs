use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use sol2zk_executor::gas::rules;
use sol2zk_executor::isa;

use super::ExpGasCols;
use crate::bus::{self, ChipBuilder, F, int, name};
use crate::columns::LIMBS;

/// The EXPGAS chip under a rule set.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExpGasAir {
    /// Index into FORKS.
    pub fork: u8,
}

impl BaseAir<F> for ExpGasAir {
    fn width(&self) -> usize {
        ExpGasCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for ExpGasAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = ExpGasCols::view(main.current_slice());
        let (real, wide): (B::Expr, B::Expr) = (row.real.into(), row.wide.into());
        b.assert_bool(row.real);
        b.assert_bool(row.wide);
        let id: B::Expr = row.state.id.into();
        let constants = [row.a.constant.into(), B::Expr::ZERO, B::Expr::ZERO];
        let op = real.clone() * int::<B>(isa::EXPGAS.into());
        bus::fetch(b, id.clone(), op, constants, [row.a.id.into(), B::Expr::ZERO, B::Expr::ZERO], row.gas.into(), real.clone());
        bus::enter(b, &row.state, real.clone());
        bus::read_operand(b, &row.a, row.state.region.into(), real.clone());

        // One mark or none, and nothing above it (forgery: a shorter exponent).
        let mut unseen = B::Expr::ONE;
        let (mut top, mut bytes) = (B::Expr::ZERO, wide.clone());
        for i in (0..LIMBS).rev() {
            let limb: B::Expr = row.a.limbs[i].into();
            b.assert_bool(row.marks[i]);
            unseen -= row.marks[i].into();
            b.assert_zero(real.clone() * unseen.clone() * limb.clone());
            top += row.marks[i].into() * limb;
            bytes += row.marks[i].into() * int::<B>(2 * i as u32 + 1);
        }
        let marked = B::Expr::ONE - unseen;
        b.assert_bool(marked.clone());
        b.assert_zero((B::Expr::ONE - real.clone()) * marked.clone());
        b.assert_zero(row.top.into() - top);
        // Two bytes of it: the limb and its high byte are not 0 where they count (forgery: a longer exponent, or a shorter one).
        let high: B::Expr = row.high.into();
        bus::query(b, name::BYTES, vec![row.top.into() - high.clone() * int::<B>(256), high.clone()], real.clone());
        b.assert_zero((B::Expr::ONE - wide.clone()) * high.clone());
        b.assert_zero(wide.clone() * (B::Expr::ONE - marked.clone()));
        b.assert_zero(wide.clone() * (B::Expr::ONE - high * row.inverse.into()));
        b.assert_zero((marked - wide) * (B::Expr::ONE - row.top.into() * row.inverse.into()));

        // At most 50 a byte: within the bound of an instruction (ISA 10.5).
        let gas = row.state.gas.into() + row.gas.into() + bytes * int::<B>(rules(self.fork).exp_byte_gas as u32);
        bus::leave(b, &row.state, id + B::Expr::ONE, row.state.region.into(), gas, row.state.words.into(), real);
    }
}
