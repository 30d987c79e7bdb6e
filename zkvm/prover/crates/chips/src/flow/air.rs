use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use sol2zk_executor::isa;

use super::FlowCols;
use crate::bus::{self, ChipBuilder, F, int};

/// The flow chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct FlowAir;

impl BaseAir<F> for FlowAir {
    fn width(&self) -> usize {
        FlowCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for FlowAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = FlowCols::view(main.current_slice());
        let flags = [row.is_region, row.is_label, row.is_move, row.is_charge, row.is_jump, row.is_return];
        let codes = [isa::REGION, isa::LABEL, isa::MOVE, isa::CHARGE, isa::JMP, isa::JMPR];
        // One instruction a row (forgery: a row that is two instructions, or a fraction of one).
        for flag in flags {
            b.assert_bool(flag);
        }
        let real: B::Expr = flags.iter().map(|&flag| flag.into()).sum();
        b.assert_bool(real.clone());
        let op = flags.iter().zip(codes).map(|(&flag, code)| flag.into() * int::<B>(code.into())).sum();
        let [is_region, is_label, is_move, _, is_jump, is_return] = flags.map(Into::<B::Expr>::into);
        let enters = is_region + is_label;
        let reads = is_move.clone() + is_return.clone();
        let id: B::Expr = row.state.id.into();

        bus::fetch(
            b,
            id.clone(),
            op,
            [row.a.constant.into(), B::Expr::ZERO, B::Expr::ZERO],
            [row.a.id.into(), B::Expr::ZERO, row.c.into()],
            row.gas.into(),
            real.clone(),
        );
        bus::enter(b, &row.state, real.clone());
        bus::read_operand(b, &row.a, row.state.region.into(), reads.clone());
        // A row without operand names none (the ROM field is 0), and its constant flag is 0 by the ROM tuple.

        // T changes at REGION and LABEL only, to clk, which is new (forgery: a region instance that shares wires with another).
        b.assert_zero(row.region.into() - row.state.region.into() - enters.clone() * (row.state.clk.into() - row.state.region.into()));

        // The next instruction: c for JMP, base + a for JMPR, else the following one (forgery: a jump that the program does not have).
        let limbs = row.a.limbs;
        let label = row.c.into() + limbs[0].into() + limbs[1].into() * int::<B>(1 << 16);
        b.assert_zero(is_jump.clone() * (row.next.into() - row.c.into()));
        b.assert_zero(is_return.clone() * (row.next.into() - label));
        b.assert_zero((real.clone() - is_jump - is_return.clone()) * (row.next.into() - id - B::Expr::ONE));
        // A label is below 2^22: no wrap in its sum (forgery: a word congruent to a label).
        for limb in &limbs[2..] {
            b.assert_zero(is_return.clone() * (*limb).into());
        }
        bus::range_bits(b, limbs[1].into() * B::Expr::ONE, 6, is_return.clone());
        // JMPR reaches labels only, those whose base is its own (forgery: a return into the middle of a region, or into another program).
        let zero = || B::Expr::ZERO;
        bus::query(b, bus::name::ROM, vec![row.next.into(), int::<B>(isa::LABEL.into()), zero(), zero(), row.c.into(), row.label_gas.into()], is_return);

        // Gas below 2^30 where regions begin: with the lint's bound on what a region charges, g never wraps (ISA 10.5).
        let gas = row.state.gas.into() + row.gas.into();
        b.assert_zero(enters.clone() * (gas.clone() - row.gas_low.into() - row.gas_high.into() * int::<B>(1 << 16)));
        bus::range16(b, row.gas_low.into(), enters.clone());
        bus::range_bits(b, row.gas_high.into(), 14, enters.clone());

        // Where regions begin is told by their own rows alone (forgery: a MOVE that says of its region that it began with more gas).
        b.assert_zero((B::Expr::ONE - enters) * row.begun_uses.into());
        bus::provide(b, bus::name::BEGUN, vec![row.region.into(), gas.clone(), row.state.words.into()], row.begun_uses.into());

        bus::leave(b, &row.state, row.next.into(), row.region.into(), gas, row.state.words.into(), real);
        // Only a MOVE gives a wire, under the identifier its c names (forgery: a second definition of a wire).
        b.assert_zero((B::Expr::ONE - is_move) * row.uses.into());
        bus::give_wire(b, row.state.region.into(), row.c.into(), bus::exprs::<B, 16>(limbs), row.uses.into());
    }
}
