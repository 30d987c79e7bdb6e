use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;

use super::columns::SlotCols;
use crate::bus::{self, ChipBuilder, F, exprs, int, message, name, tag};
use crate::columns::LIMBS;

/// Constraints of [`SlotCols`].
#[derive(Clone, Copy, Debug, Default)]
pub struct SlotAir;

impl BaseAir<F> for SlotAir {
    fn width(&self) -> usize {
        SlotCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for SlotAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let c = SlotCols::view(main.current_slice());
        let real: B::Expr = c.real.into();
        let zero = || B::Expr::ZERO;
        // (forgery: a slot that starts twice, with two words)
        b.assert_bool(c.real);
        // (forgery: a handle for an account and key that the claim does not list)
        b.assert_zero((B::Expr::ONE - real.clone()) * c.uses);

        // (forgery: a slot listed as touched that no access touches, whose first state is its last)
        b.assert_eq(c.time * c.inverse, real.clone());

        // Each claim row is received once: by balance there is one row here for each slot of the claim, and no other.
        let [key, before, after] = [c.key, c.before, c.after].map(exprs::<B, LIMBS>);
        let claim = |tag: u32, y: B::Expr, limbs: &[B::Expr; LIMBS]| message::<B, 3, LIMBS>([int::<B>(tag), c.handle.into(), y], limbs.clone());
        bus::receive(b, name::CLAIM, claim(tag::SLOT, c.account.into(), &key), real.clone());
        bus::receive(b, name::CLAIM, claim(tag::BEFORE, zero(), &before), real.clone());
        bus::receive(b, name::CLAIM, claim(tag::AFTER, zero(), &after), real.clone());

        // The first state is sent and the last received. Times only rise from access to access, so the last is the one that no access receives.
        bus::send(b, name::STORAGE, message::<B, 3, LIMBS>([c.handle.into(), zero(), zero()], before), real.clone());
        bus::receive(b, name::STORAGE, message::<B, 3, LIMBS>([c.handle.into(), c.time.into(), c.mark.into()], after), real);
        bus::provide(b, name::SLOT, message::<B, 2, LIMBS>([c.account.into(), c.handle.into()], key), c.uses.into());
    }
}
