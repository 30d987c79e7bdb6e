use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use sol2zk_executor::isa;

use super::{DigestCols, LENGTH_BITS};
use crate::bus::{self, ChipBuilder, F, int, name, tag};
use crate::columns::LIMBS;
use crate::hash::swapped;
use crate::keccak::STATE_LIMBS;

/// The digest chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct DigestAir;

impl BaseAir<F> for DigestAir {
    fn width(&self) -> usize {
        DigestCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for DigestAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = DigestCols::view(main.current_slice());
        let real: B::Expr = row.real.into();
        // Forgery: a hash that is there in part, with its range look-ups.
        b.assert_bool(row.real);
        let id: B::Expr = row.state.id.into();
        let constants = [row.a.constant.into(), row.b.constant.into(), B::Expr::ZERO];
        let op = real.clone() * int::<B>(isa::SHA3.into());
        bus::fetch(b, id.clone(), op, constants, [row.a.id.into(), row.b.id.into(), B::Expr::ZERO], row.gas.into(), real.clone());
        bus::enter(b, &row.state, real.clone());
        bus::read_operand(b, &row.a, row.state.region.into(), real.clone());
        bus::read_operand(b, &row.b, row.state.region.into(), real.clone());

        // The length is below 2^26, the offset has 32 bits (forgery: a length or an offset congruent to another). A length of 0 has no stream to serve it.
        for limb in row.a.limbs[2..].iter().chain(&row.b.limbs[2..]) {
            b.assert_zero(real.clone() * (*limb).into());
        }
        bus::range_bits(b, row.b.limbs[1].into(), LENGTH_BITS - 16, real.clone());
        let length = row.b.limbs[0].into() + row.b.limbs[1].into() * int::<B>(1 << 16);
        // Forgery: a hash at the price of fewer words.
        let words = row.words_low.into() + row.words_high.into() * int::<B>(1 << 16);
        b.assert_zero(real.clone() * (words.clone() * int::<B>(32) - length.clone() - row.slack.into()));
        bus::range16(b, row.words_low.into(), real.clone());
        bus::range_bits(b, row.words_high.into(), LENGTH_BITS - 20, real.clone());
        bus::range_bits(b, row.slack.into(), 5, real.clone());

        // The message is asked for as a stream of chunks, and absorbed from the zero state on.
        let clk: B::Expr = row.state.clk.into();
        let stream =
            vec![row.state.frame.into(), clk.clone(), int::<B>(tag::PREIMAGE), clk.clone(), row.a.limbs[0].into(), row.a.limbs[1].into(), length.clone()];
        bus::send(b, name::STREAM, stream, real.clone());
        let mut start = vec![clk.clone(), B::Expr::ZERO, length];
        start.resize(3 + STATE_LIMBS, B::Expr::ZERO);
        bus::send(b, name::ABSORB, start, real.clone());
        // The digest's limbs are two bytes each by their look-ups: range-checked.
        let mut digest = vec![clk];
        digest.extend(swapped(b, &row.result, &row.result_low, &real));
        bus::receive(b, name::SQUEEZE, digest, real.clone());

        let gas = row.state.gas.into() + row.gas.into() + words * int::<B>(6);
        // Gas stays below 2^30 however long the message (forgery: gas that wraps).
        b.assert_zero(real.clone() * (gas.clone() - row.gas_low.into() - row.gas_high.into() * int::<B>(1 << 16)));
        bus::range16(b, row.gas_low.into(), real.clone());
        bus::range_bits(b, row.gas_high.into(), 14, real.clone());
        bus::leave(b, &row.state, id + B::Expr::ONE, row.state.region.into(), gas, row.state.words.into(), real.clone());
        b.assert_zero((B::Expr::ONE - real) * row.uses.into());
        bus::give_wire(b, row.state.region.into(), row.state.id.into(), bus::exprs::<B, LIMBS>(row.result), row.uses.into());
    }
}
