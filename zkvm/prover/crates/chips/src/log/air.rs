use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use sol2zk_executor::isa;

use super::LogCols;
use crate::bus::{self, ChipBuilder, F, int, name, tag};
use crate::columns::LIMBS;

/// The log chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogAir;

impl BaseAir<F> for LogAir {
    fn width(&self) -> usize {
        LogCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for LogAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = LogCols::view(main.current_slice());
        let (topic, log): (B::Expr, B::Expr) = (row.is_topic.into(), row.is_log.into());
        let real = topic.clone() + log.clone();
        // One instruction a row.
        b.assert_bool(row.is_topic);
        b.assert_bool(row.is_log);
        b.assert_bool(real.clone());
        let op = topic.clone() * int::<B>(isa::TOPIC.into()) + log.clone() * int::<B>(isa::LOG.into());
        let id: B::Expr = row.state.id.into();
        let constants = [row.a.constant.into(), row.b.constant.into(), B::Expr::ZERO];
        bus::fetch(b, id.clone(), op, constants, [row.a.id.into(), row.b.id.into(), row.topics.into()], row.gas.into(), real.clone());
        bus::enter(b, &row.state, real.clone());
        bus::read_operand(b, &row.a, row.state.region.into(), real.clone());
        bus::read_operand(b, &row.b, row.state.region.into(), log.clone());
        let frame = vec![row.state.frame.into(), row.call.into(), row.account.into(), row.doomed.into(), row.sentry.into()];
        bus::query(b, name::FRAME, frame, real.clone());

        // Claimed unless the frame is doomed; `doomed` is boolean where the frame's row says it (forgery: a log left out, or kept of a revert).
        let lives = B::Expr::ONE - row.doomed.into();
        b.assert_zero(row.claims_topic.into() - topic.clone() * lives.clone());
        b.assert_zero(row.claims_log.into() - log.clone() * lives);
        let claim = |tag: u32, y: B::Expr, limbs: [B::Expr; LIMBS]| bus::message::<B, 3, LIMBS>([int::<B>(tag), row.state.clk.into(), y], limbs);
        bus::receive(b, name::CLAIM, claim(tag::TOPIC, B::Expr::ZERO, bus::exprs::<B, LIMBS>(row.a.limbs)), row.claims_topic.into());
        let head = [row.call.into(), row.account.into(), row.b.limbs[0].into(), row.b.limbs[1].into()];
        let limbs = core::array::from_fn(|i| head.get(i).cloned().unwrap_or(B::Expr::ZERO));
        bus::receive(b, name::CLAIM, claim(tag::LOG, row.topics.into(), limbs), row.claims_log.into());

        // Data: length below 2^26, offset 32 bits if there is data (forgery: data of another length, or none streamed).
        let length = row.b.limbs[0].into() + row.b.limbs[1].into() * int::<B>(1 << 16);
        for limb in &row.b.limbs[2..] {
            b.assert_zero(log.clone() * (*limb).into());
        }
        bus::range_bits(b, row.b.limbs[1].into(), 10, log.clone());
        b.assert_bool(row.streams);
        b.assert_zero(row.streams.into() * (row.claims_log.into() - B::Expr::ONE));
        b.assert_zero(row.streams.into() * (B::Expr::ONE - length.clone() * row.inverse.into()));
        b.assert_zero((row.claims_log.into() - row.streams.into()) * length.clone());
        for limb in &row.a.limbs[2..] {
            b.assert_zero(row.streams.into() * (*limb).into());
        }
        let (frame, clk): (B::Expr, B::Expr) = (row.state.frame.into(), row.state.clk.into());
        let stream = vec![frame, clk.clone(), int::<B>(tag::DATA), clk, row.a.limbs[0].into(), row.a.limbs[1].into(), length.clone()];
        bus::send(b, name::STREAM, stream, row.streams.into());

        // 8 gas a byte: below 2^29, added to less than 2^30 + 2^28.5 + 2^16 (ISA 10.5), and checked to be below 2^30 again (forgery: gas that wraps).
        b.assert_zero((B::Expr::ONE - log.clone()) * row.b.limbs[0].into());
        b.assert_zero((B::Expr::ONE - log.clone()) * row.b.limbs[1].into());
        let gas = row.state.gas.into() + row.gas.into() + length * int::<B>(8);
        b.assert_zero(log.clone() * (gas.clone() - row.gas_low.into() - row.gas_high.into() * int::<B>(1 << 16)));
        bus::range16(b, row.gas_low.into(), log.clone());
        bus::range_bits(b, row.gas_high.into(), 14, log);
        bus::leave(b, &row.state, id + B::Expr::ONE, row.state.region.into(), gas, row.state.words.into(), real);
    }
}
