use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use p3_lookup::Count;
use sol2zk_executor::isa;

use super::columns::AccessCols;
use crate::bus::{self, ChipBuilder, F, exprs, int, message, name, space};
use crate::columns::LIMBS;

/// Constraints of [`AccessCols`].
#[derive(Clone, Copy, Debug, Default)]
pub struct AccessAir;

impl BaseAir<F> for AccessAir {
    fn width(&self) -> usize {
        AccessCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for AccessAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let c = *AccessCols::view(main.current_slice());
        let state = c.state;
        let [get, set, load, store] = exprs::<B, 4>([c.get, c.set, c.load, c.store]);
        let (registers, memory) = (get.clone() + set.clone(), load.clone() + store.clone());
        let (reads, writes) = (get.clone() + load.clone(), set.clone() + store.clone());
        let real = registers.clone() + memory.clone();

        // One instruction a row (forgery: a row that is half a GET and half a SET, or a count above 1).
        for flag in [c.get, c.set, c.load, c.store] {
            b.assert_bool(flag);
        }
        b.assert_bool(real.clone());
        // Only readers give a wire (forgery: a padding row, or a SET, that gives any word to any reader).
        b.assert_zero((B::Expr::ONE - reads.clone()) * c.uses);

        // Each field of the ROM row goes to the place that its instruction gives it (forgery: `MSTORE` of the wire a at the offset b).
        b.assert_zero((B::Expr::ONE - memory.clone()) * c.offset_id);
        b.assert_zero((B::Expr::ONE - memory.clone()) * c.offset_constant);
        b.assert_zero((B::Expr::ONE - set.clone()) * c.a);
        b.assert_zero((B::Expr::ONE - set.clone()) * c.a_constant);
        b.assert_zero((B::Expr::ONE - store.clone()) * c.b);
        b.assert_zero((B::Expr::ONE - store.clone()) * c.b_constant);
        // A memory row has no register (forgery: an `MLOAD` of another word than the offset's).
        b.assert_zero(memory.clone() * c.register);
        // A register row has no offset (forgery: a `GET` of another register than c, or of memory).
        b.assert_zero(registers.clone() * c.offset_word);
        b.assert_zero(registers.clone() * c.offset_high);

        let op = get.clone() * int::<B>(isa::GET.into())
            + set.clone() * int::<B>(isa::SET.into())
            + load.clone() * int::<B>(isa::MLOAD.into())
            + store.clone() * int::<B>(isa::MSTORE.into());
        // a_constant and offset_constant are not both 1, nor a and offset_id both nonzero, by the constraints above.
        let ka = c.offset_constant.into() + c.a_constant.into();
        let fields = [c.offset_id.into() + c.a.into(), c.b.into(), c.register.into()];
        bus::fetch(b, state.id.into(), op, [ka, c.b_constant.into(), B::Expr::ZERO], fields, c.charge.into(), real.clone());

        // The offset is 32 offset_word + 2^16 offset_high, the wire's limbs 2..16 being 0. The wire's limb 0 is below 2^16 and offset_word too, so
        // 32 offset_word < 2^21 is limb 0 over the integers: offset_word < 2^11, no wrap (forgery: an unaligned access served as an aligned one).
        b.assert_bool(c.offset_constant);
        b.assert_zero(c.offset_time.into() - (B::Expr::ONE - c.offset_constant.into()) * state.region * memory.clone());
        let mut offset = vec![c.offset_time.into(), c.offset_id.into(), c.offset_word.into() * int::<B>(32), c.offset_high.into()];
        offset.resize(2 + LIMBS, B::Expr::ZERO);
        bus::query(b, name::WIRE, offset, memory.clone());
        bus::range16(b, c.offset_word.into(), memory.clone());

        // The word's wire: (region, id) for readers, the operand for writers (forgery: writing the word of another wire or region instance).
        b.assert_bool(c.a_constant);
        b.assert_bool(c.b_constant);
        b.assert_zero(c.word_time.into() - (B::Expr::ONE - c.a_constant.into() - c.b_constant.into()) * state.region);
        b.assert_zero(c.word_id.into() - reads.clone() * state.id - c.a.into() - c.b.into());
        let wire = message::<B, 2, LIMBS>([c.word_time.into(), c.word_id.into()], exprs::<B, LIMBS>(c.word));
        // At most one of the two terms of the count is not 0; what is given is free, what is asked at most 1.
        b.push_interaction(name::WIRE, wire, Count::bounded(writes.clone() - c.uses.into(), 1));

        // Readers leave the word (forgery: a `GET` that changes the register, or gives another word than it holds).
        for (old, word) in c.old.into_iter().zip(c.word) {
            b.assert_zero(reads.clone() * (word.into() - old.into()));
        }
        // Words need no range check: they came from the wire bus or from the memory bus, whose words start at 0 or came from the wire bus.
        let address = registers * int::<B>(space(bus::REGISTER_SPACE)) + c.register.into() + c.offset_word.into() + c.offset_high.into() * int::<B>(1 << 11);
        let now = state.clk.into() + writes;
        bus::access(b, state.frame.into(), address, &c.previous, now, exprs::<B, LIMBS>(c.old), exprs::<B, LIMBS>(c.word), real.clone());

        bus::enter(b, &state, real.clone());
        let next = state.id.into() + B::Expr::ONE;
        bus::leave(b, &state, next, state.region.into(), state.gas.into() + c.charge.into(), state.words.into(), real);
    }
}
