use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use sol2zk_executor::isa;

use super::{LENGTH_BITS, ListedMemoryCols};
use crate::bus::{self, ChipBuilder, F, int, name, tag};
use crate::columns::LIMBS;

/// The listed memory chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListedMemoryAir;

impl BaseAir<F> for ListedMemoryAir {
    fn width(&self) -> usize {
        ListedMemoryCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for ListedMemoryAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = ListedMemoryCols::view(main.current_slice());
        let (real, some): (B::Expr, B::Expr) = (row.real.into(), row.some.into());
        // Forgery: a hash that is there in part, or less than not at all, which gives what others receive.
        b.assert_bool(row.real);
        b.assert_bool(row.some);
        let id: B::Expr = row.state.id.into();
        let constants = [row.a.constant.into(), row.b.constant.into(), B::Expr::ZERO];
        let op = real.clone() * int::<B>(isa::SHA3.into());
        bus::fetch(b, id.clone(), op, constants, [row.a.id.into(), row.b.id.into(), B::Expr::ZERO], row.gas.into(), real.clone());
        bus::enter(b, &row.state, real.clone());
        bus::read_operand(b, &row.a, row.state.region.into(), real.clone());
        bus::read_operand(b, &row.b, row.state.region.into(), real.clone());

        // The length is below 2^20, the offset of bytes that there are has 32 bits (forgery: a length or an offset congruent to another). Limb 1 is a 16-bit
        // value, so 2^12 times it does not wrap.
        for limb in &row.b.limbs[2..] {
            b.assert_zero(real.clone() * (*limb).into());
        }
        for limb in &row.a.limbs[2..] {
            b.assert_zero(some.clone() * (*limb).into());
        }
        let high: B::Expr = row.b.limbs[1].into();
        bus::range16(b, high.clone() * int::<B>(1 << (32 - LENGTH_BITS)), real.clone());
        let length = row.b.limbs[0].into() + high * int::<B>(1 << 16);
        // Forgery: a message that is not read; a stream that no instruction asks for. (One of no bytes would be served by nobody.)
        b.assert_zero((B::Expr::ONE - some.clone()) * length.clone());
        b.assert_zero(some.clone() * (B::Expr::ONE - real.clone()));
        // Forgery: a hash at the price of fewer words.
        let words: B::Expr = row.words.into();
        b.assert_zero(real.clone() * (words.clone() * int::<B>(32) - length.clone() - row.slack.into()));
        bus::range16(b, words.clone(), real.clone());
        bus::range_bits(b, row.slack.into(), 5, real.clone());

        // The digest of the entry whose message is as long (forgery: that of a longer message which begins so); its limbs are the claim's, so they are limbs.
        let entry: B::Expr = row.entry.into();
        let digest = bus::message::<B, 3, LIMBS>([int::<B>(tag::DIGEST), entry.clone(), length.clone()], bus::exprs::<B, LIMBS>(row.result));
        bus::receive(b, name::CLAIM, digest, real.clone());
        // Memory is held against that entry's chunks (forgery: the digest of other bytes, or of two entries' chunks).
        let (frame, clk): (B::Expr, B::Expr) = (row.state.frame.into(), row.state.clk.into());
        let stream = vec![frame, clk, int::<B>(tag::CHUNK), entry, row.a.limbs[0].into(), row.a.limbs[1].into(), length];
        bus::send(b, name::STREAM, stream, some);

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
