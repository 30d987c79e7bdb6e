use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use sol2zk_executor::isa;

use super::FinishCols;
use crate::bus::{self, ChipBuilder, F, int, name, tag};

/// The finish chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct FinishAir;

impl BaseAir<F> for FinishAir {
    fn width(&self) -> usize {
        FinishCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for FinishAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = FinishCols::view(main.current_slice());
        let flags = [row.is_stop, row.is_return, row.is_revert, row.is_halt, row.is_trap, row.is_out];
        // One way to end a row.
        for flag in flags {
            b.assert_bool(flag);
        }
        let real: B::Expr = flags.iter().map(|&flag| flag.into()).sum();
        b.assert_bool(real.clone());
        let [is_stop, is_return, is_revert, is_halt, is_trap, is_out] = flags.map(Into::<B::Expr>::into);
        let outputs = is_return.clone() + is_revert.clone();
        let gas = row.state.gas.into() + row.gas.into();

        // The instruction is the program's; out of gas it may be any (its tuple is free but for the look-up), at identifier 0 there is none.
        let codes = is_stop.clone() * int::<B>(isa::STOP.into())
            + is_return * int::<B>(isa::RETURN.into())
            + is_revert.clone() * int::<B>(isa::REVERT.into())
            + is_halt * int::<B>(isa::HALT.into());
        // Forgery: ending with another instruction than the program's.
        b.assert_zero((real.clone() - is_out.clone()) * (row.op.into() - codes));
        b.assert_zero(is_trap.clone() * row.state.id.into());
        let fetched = real.clone() - is_trap;
        let constants = [row.a.constant.into(), row.b.constant.into(), B::Expr::ZERO];
        bus::fetch(b, row.state.id.into(), row.op.into(), constants, [row.a.id.into(), row.b.id.into(), row.c.into()], row.gas.into(), fetched);
        bus::enter(b, &row.state, real.clone());
        bus::read_operand(b, &row.a, row.state.region.into(), outputs.clone());
        bus::read_operand(b, &row.b, row.state.region.into(), outputs.clone());

        // Output: memory offset .. offset + length, 32 bits each (MGROW went before); none if the length is 0.
        let length = row.b.limbs[0].into() + row.b.limbs[1].into() * int::<B>(1 << 16);
        b.assert_bool(row.nonempty);
        // Forgery: an output that is not streamed, or streamed though empty.
        b.assert_zero(outputs.clone() * (row.nonempty.into() - length.clone() * row.inverse.into()));
        b.assert_zero((B::Expr::ONE - row.nonempty.into()) * outputs.clone() * length.clone());
        b.assert_zero((B::Expr::ONE - outputs.clone()) * row.nonempty.into());
        for limb in &row.b.limbs[2..] {
            b.assert_zero(outputs.clone() * (*limb).into());
        }
        for limb in &row.a.limbs[2..] {
            b.assert_zero(row.nonempty.into() * (*limb).into());
        }
        // length < 2^30: no wrap (forgery: a length congruent to another).
        bus::range_bits(b, row.b.limbs[1].into(), 14, outputs.clone());
        let (frame, clk): (B::Expr, B::Expr) = (row.state.frame.into(), row.state.clk.into());
        let stream = vec![frame, clk.clone(), int::<B>(tag::DATA), clk, row.a.limbs[0].into(), row.a.limbs[1].into(), length.clone()];
        bus::send(b, name::STREAM, stream, row.nonempty.into());

        // Out of gas: what the instruction at hand must pay before anything else is not there (forgery: a halt with gas enough).
        let missing = row.missing.map(Into::<B::Expr>::into);
        let left = [row.state.frame.into(), gas.clone(), row.state.words.into(), B::Expr::ONE];
        bus::query(b, name::GAS_LEFT, bus::message::<B, 4, 4>(left, missing), is_out.clone());

        // Success 0, revert 1, everything else 2; only RETURN and REVERT have output.
        let success = outputs - is_revert.clone() + is_stop;
        let halts = real.clone() - success - is_revert.clone();
        let status = is_revert + halts.clone() * int::<B>(2);
        // The length is 0 but for RETURN and REVERT: `length` is linear in cells that other rows must leave 0.
        for cell in [row.b.limbs[0], row.b.limbs[1]] {
            b.assert_zero((real.clone() - row.is_return.into() - row.is_revert.into()) * cell.into());
        }

        // Out of gas must be noticed (ISA 3.3): the region in which the frame halts began with gas that was not negative, and so did all before it,
        // since gas only falls (forgery: a frame that goes on for as long as it likes, and touches what it likes, before it halts). Without a region
        // nothing ran: T is a region's clk or, before the first, the entry.
        b.assert_bool(row.bare);
        b.assert_zero(row.bare * (B::Expr::ONE - halts.clone()));
        b.assert_zero(row.bare * (row.state.region.into() - row.state.frame));
        let begun = halts - row.bare;
        let [begun_gas, begun_words]: [B::Expr; 2] = [row.begun_gas.into(), row.begun_words.into()];
        bus::query(b, name::BEGUN, vec![row.state.region.into(), begun_gas.clone(), begun_words.clone()], begun.clone());
        let begun_left = [row.state.frame.into(), begun_gas, begun_words, B::Expr::ZERO];
        bus::query(b, name::GAS_LEFT, bus::message::<B, 4, 4>(begun_left, row.begun_left.map(Into::into)), begun);

        bus::send(b, name::END, vec![row.state.frame.into(), status, row.state.clk.into(), gas, row.state.words.into(), length], real);
    }
}
