use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use sol2zk_executor::isa;

use super::columns::ObserveCols;
use crate::bus::{self, ChipBuilder, F, exprs, int, name};
use crate::columns::LIMBS;

/// Constraints of [`ObserveCols`].
#[derive(Clone, Copy, Debug, Default)]
pub struct ObserveAir;

impl BaseAir<F> for ObserveAir {
    fn width(&self) -> usize {
        ObserveCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for ObserveAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let c = *ObserveCols::view(main.current_slice());
        let state = c.state;
        let [size, gas] = exprs::<B, 2>([c.size, c.gas]);
        let real = size.clone() + gas.clone();

        // One instruction a row (forgery: a row that counts twice, or in half).
        b.assert_bool(c.size);
        b.assert_bool(c.gas);
        b.assert_bool(real.clone());
        // Padding gives nothing (forgery: a wire with a word that nobody computed).
        b.assert_zero((B::Expr::ONE - real.clone()) * c.uses);

        let op = size.clone() * int::<B>(isa::MSIZE.into()) + gas.clone() * int::<B>(isa::GAS.into());
        let none = || [B::Expr::ZERO, B::Expr::ZERO, B::Expr::ZERO];
        bus::fetch(b, state.id.into(), op, none(), none(), c.charge.into(), real.clone());

        // MSIZE = 32 w: low < 2^16 and 32 low < 2^16 by look-up (so low < 2^11), limb 1 < 2^16 by look-up, limb 2 a bit, limb 3 zero; w is at most 2^27
        // and the sum below 2^28, no wrap (forgery: another split of w, with limbs that are not limbs).
        let [l0, l1, l2, l3] = exprs::<B, 4>(c.limbs);
        b.assert_zero(size.clone() * (l0.clone() - c.low.into() * int::<B>(32)));
        b.assert_zero(size.clone() * l2.clone() * (l2.clone() - B::Expr::ONE));
        b.assert_zero(size.clone() * l3);
        b.assert_zero(size.clone() * (c.low.into() + l1.clone() * int::<B>(1 << 11) + l2 * int::<B>(1 << 27) - state.words));
        bus::range16(b, c.low.into(), size.clone());
        bus::range16(b, l0, size.clone());
        bus::range16(b, l1, size);

        // GAS: gas left after the own charge, not negative (ISA 3.3); the gas chip range-checks its limbs. Where it is negative the finish chip has the row.
        let after = state.gas.into() + c.charge.into();
        let mut left = vec![state.frame.into(), after.clone(), state.words.into(), B::Expr::ZERO];
        left.extend(exprs::<B, 4>(c.limbs));
        bus::query(b, name::GAS_LEFT, left, gas);

        let mut limbs = [(); LIMBS].map(|()| B::Expr::ZERO);
        for (limb, cell) in limbs.iter_mut().zip(c.limbs) {
            *limb = cell.into();
        }
        bus::give_wire(b, state.region.into(), state.id.into(), limbs, c.uses.into());
        bus::enter(b, &state, real.clone());
        bus::leave(b, &state, state.id.into() + B::Expr::ONE, state.region.into(), after, state.words.into(), real);
    }
}
