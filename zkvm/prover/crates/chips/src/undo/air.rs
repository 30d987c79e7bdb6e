use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;

use super::columns::UndoCols;
use crate::bus::{self, ChipBuilder, F, TICKS, exprs, int, message, name};
use crate::columns::LIMBS;

/// Constraints of [`UndoCols`].
#[derive(Clone, Copy, Debug, Default)]
pub struct UndoAir;

impl BaseAir<F> for UndoAir {
    fn width(&self) -> usize {
        UndoCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for UndoAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let c = UndoCols::view(main.current_slice());
        let real: B::Expr = c.real.into();
        // (forgery: a store undone twice, or in part)
        b.assert_bool(c.real);

        // The chain orders the rows (forgery: undoing the first store before the last, which leaves a word between).
        bus::receive(b, name::UNDO_CHAIN, vec![c.frame.into(), c.clk.into(), c.bound.into()], real.clone());
        bus::send(b, name::UNDO_CHAIN, vec![c.frame.into(), c.clk.into() + int::<B>(TICKS), c.record.time.into()], real.clone());
        bus::later(b, &c.record, c.bound.into(), real.clone());

        // The record is one that a store of the frame left (forgery: writing any word back).
        let [old, current] = [c.old, c.current].map(exprs::<B, LIMBS>);
        let record = message::<B, 3, LIMBS>([c.frame.into(), c.record.time.into(), c.handle.into()], old.clone());
        bus::receive(b, name::UNDO, record, real.clone());

        // An access of the storage argument that keeps the mark; both words came from buses, so their limbs are limbs.
        let now = c.clk.into() + B::Expr::ONE;
        bus::later(b, &c.previous, now.clone(), real.clone());
        let before = [c.handle.into(), c.previous.time.into(), c.mark.into()];
        bus::receive(b, name::STORAGE, message::<B, 3, LIMBS>(before, current), real.clone());
        bus::send(b, name::STORAGE, message::<B, 3, LIMBS>([c.handle.into(), now, c.mark.into()], old), real);
    }
}
