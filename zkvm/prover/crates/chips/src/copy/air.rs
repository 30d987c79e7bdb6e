use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use sol2zk_executor::isa;

use super::CopyCols;
use crate::bus::{self, ChipBuilder, F, int, name, tag};
use crate::columns::LIMBS;
use crate::window::kind;

/// The copy chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct CopyAir;

/// Source offset that stands for all beyond the claim's data, whose size is below it (the receipt's limits).
pub const FAR: u32 = 1 << 29;

impl BaseAir<F> for CopyAir {
    fn width(&self) -> usize {
        CopyCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for CopyAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = CopyCols::view(main.current_slice());
        let flags = [row.is_load, row.is_store, row.is_byte, row.is_memory, row.is_code, row.is_calldata];
        let codes = [isa::MLOAD, isa::MSTORE, isa::MSTORE8, isa::MCOPY, isa::CODECOPY, isa::CALLDATACOPY];
        // One instruction a row.
        for flag in flags {
            b.assert_bool(flag);
        }
        let real: B::Expr = flags.iter().map(|&flag| flag.into()).sum();
        b.assert_bool(real.clone());
        let op = flags.iter().zip(codes).map(|(&flag, code)| flag.into() * int::<B>(code.into())).sum();
        let [load, store, byte, memory, code, calldata] = flags.map(Into::<B::Expr>::into);
        let stores = store.clone() + byte.clone();
        let claims = code + calldata;
        let copies = memory.clone() + claims.clone();
        let id: B::Expr = row.state.id.into();
        let constants = [row.a.constant.into(), row.b.constant.into(), row.c.constant.into()];
        bus::fetch(b, id.clone(), op, constants, [row.a.id.into(), row.b.id.into(), row.c.id.into()], row.gas.into(), real.clone());
        bus::enter(b, &row.state, real.clone());
        let region = || -> B::Expr { row.state.region.into() };
        bus::read_operand(b, &row.a, region(), real.clone());
        bus::read_operand(b, &row.b, region(), real.clone() - load.clone());
        bus::read_operand(b, &row.c, region(), copies.clone());

        self.load(b, row, &load);
        self.word(b, row, &stores, &copies);
        self.length(b, row, &store, &byte, &copies, &real);
        self.source(b, row, &memory, &byte, &claims);
        self.job(b, row, &real, &load);

        let words = row.words_low.into() + row.words_high.into() * int::<B>(1 << 16);
        let gas = row.state.gas.into() + row.gas.into() + words * int::<B>(3);
        // Gas stays below 2^30 however long the copy (forgery: gas that wraps).
        b.assert_zero(copies.clone() * (gas.clone() - row.gas_low.into() - row.gas_high.into() * int::<B>(1 << 16)));
        bus::range16(b, row.gas_low.into(), copies.clone());
        bus::range_bits(b, row.gas_high.into(), 14, copies);
        bus::leave(b, &row.state, id + B::Expr::ONE, region(), gas, row.state.words.into(), real);
    }
}

impl CopyAir {
    /// MLOAD: its word is chunk 0 of a stream of 32 bytes at a; only MLOAD gives a wire.
    fn load<B: ChipBuilder>(&self, b: &mut B, row: &CopyCols<B::Var>, load: &B::Expr) {
        let (frame, clk): (B::Expr, B::Expr) = (row.state.frame.into(), row.state.clk.into());
        let [low, high] = [row.a.limbs[0].into(), row.a.limbs[1].into()];
        bus::send(b, name::STREAM, vec![frame, clk.clone(), int::<B>(tag::LOADED), clk.clone(), low, high, int::<B>(32)], load.clone());
        let head = [int::<B>(tag::LOADED), clk, B::Expr::ZERO];
        bus::send(b, name::CLAIM, bus::message::<B, 3, LIMBS>(head, bus::exprs::<B, LIMBS>(row.word)), load.clone());
        b.assert_zero((B::Expr::ONE - load.clone()) * row.uses.into());
        // The word's limbs are the window chip's: bytes, so range-checked there.
        bus::give_wire(b, row.state.region.into(), row.state.id.into(), bus::exprs::<B, LIMBS>(row.word), row.uses.into());
    }

    /// The given word is operand b (forgery: another word stored).
    fn word<B: ChipBuilder>(&self, b: &mut B, row: &CopyCols<B::Var>, stores: &B::Expr, copies: &B::Expr) {
        for i in 0..LIMBS {
            b.assert_zero(stores.clone() * (row.word[i].into() - row.b.limbs[i].into()));
            b.assert_zero(copies.clone() * row.word[i].into());
        }
    }

    /// How many bytes, in how many words (forgery: a copy cut short, or cheaper).
    fn length<B: ChipBuilder>(&self, b: &mut B, row: &CopyCols<B::Var>, store: &B::Expr, byte: &B::Expr, copies: &B::Expr, real: &B::Expr) {
        let length: B::Expr = row.length.into();
        b.assert_zero(store.clone() * (length.clone() - int::<B>(32)));
        b.assert_zero(byte.clone() * (length.clone() - B::Expr::ONE));
        b.assert_zero(copies.clone() * (length.clone() - row.c.limbs[0].into() - row.c.limbs[1].into() * int::<B>(1 << 16)));
        for limb in &row.c.limbs[2..] {
            b.assert_zero(copies.clone() * (*limb).into());
        }
        // Below 2^26: no wrap.
        bus::range_bits(b, row.c.limbs[1].into(), 10, copies.clone());
        let words = row.words_low.into() + row.words_high.into() * int::<B>(1 << 16);
        b.assert_zero(copies.clone() * (words.clone() * int::<B>(32) - length.clone() - row.slack.into()));
        b.assert_zero((real.clone() - copies.clone()) * row.words_low.into());
        b.assert_zero((real.clone() - copies.clone()) * row.words_high.into());
        bus::range16(b, row.words_low.into(), copies.clone());
        bus::range_bits(b, row.words_high.into(), 6, copies.clone());
        bus::range_bits(b, row.slack.into(), 5, copies.clone());
        // Active: a store, or a copy of more than nothing.
        b.assert_bool(row.active);
        b.assert_zero((store.clone() + byte.clone()) * (B::Expr::ONE - row.active.into()));
        b.assert_zero(copies.clone() * (row.active.into() - length.clone() * row.inverse.into()));
        b.assert_zero(copies.clone() * (B::Expr::ONE - row.active.into()) * length);
        b.assert_zero((B::Expr::ONE - store.clone() - byte.clone() - copies.clone()) * row.active.into());
    }

    /// Where the bytes come from (forgery: bytes from another place).
    fn source<B: ChipBuilder>(&self, b: &mut B, row: &CopyCols<B::Var>, memory: &B::Expr, byte: &B::Expr, claims: &B::Expr) {
        let [low, middle] = [row.b.limbs[0], row.b.limbs[1]].map(Into::<B::Expr>::into);
        let real_copy = memory.clone() * row.active.into();
        // MCOPY: offset 32 (source_position + 2^11 middle) + byte, 32 bits (MGROW went before) if there is anything to copy.
        b.assert_zero(memory.clone() * (low.clone() - row.source_position.into() * int::<B>(32) - row.byte.into()));
        b.assert_zero(memory.clone() * (row.asked.into() - row.source_position.into() - middle.clone() * int::<B>(1 << 11)));
        bus::range_bits(b, row.source_position.into(), 11, memory.clone());
        bus::range_bits(b, row.byte.into(), 5, memory.clone());
        for limb in &row.b.limbs[2..] {
            b.assert_zero(real_copy.clone() * (*limb).into());
        }
        // The claim's data: the offset itself below 2^29, else 2^29, where all is zero as it is beyond.
        for flag in [row.far_high, row.far_middle, row.near] {
            b.assert_bool(flag);
        }
        let near: B::Expr = row.near.into();
        b.assert_zero(near.clone() + row.far_high.into() + row.far_middle.into() - claims.clone());
        let upper: B::Expr = row.b.limbs[2..].iter().map(|&limb| limb.into()).sum();
        b.assert_zero(near.clone() * upper.clone());
        b.assert_zero(row.far_high.into() * (B::Expr::ONE - upper * row.far_inverse.into()));
        bus::range16(b, middle.clone() - row.far_middle.into() * int::<B>(1 << 13), row.far_middle.into());
        bus::range_bits(b, middle.clone(), 13, near.clone());
        b.assert_zero(near.clone() * (row.asked.into() - low - middle * int::<B>(1 << 16)));
        b.assert_zero((claims.clone() - near) * (row.asked.into() - int::<B>(FAR)));
        // Other kinds ask for nothing; only MSTORE8 takes the last byte.
        b.assert_zero((B::Expr::ONE - memory.clone() - claims.clone()) * row.asked.into());
        b.assert_zero((B::Expr::ONE - memory.clone()) * (row.byte.into() - byte.clone() * int::<B>(31)));
        let frame = vec![row.state.frame.into(), row.call.into(), row.account.into(), row.doomed.into(), row.sentry.into()];
        bus::query(b, name::FRAME, frame, claims.clone());
        b.assert_zero(row.label.into() - claims.clone() * row.call.into());
    }

    /// The job handed to the window chip.
    fn job<B: ChipBuilder>(&self, b: &mut B, row: &CopyCols<B::Var>, real: &B::Expr, load: &B::Expr) {
        let writes = real.clone() - load.clone();
        // Destination 32 (position + 2^11 high) + first, 32 bits if anything is written (forgery: another place written).
        b.assert_zero(writes.clone() * (row.a.limbs[0].into() - row.position.into() * int::<B>(32) - row.first.into()));
        bus::range_bits(b, row.position.into(), 11, writes.clone());
        bus::range_bits(b, row.first.into(), 5, writes);
        for limb in &row.a.limbs[2..] {
            b.assert_zero((row.active.into() + load.clone()) * (*limb).into());
        }
        let kind = row.is_memory.into() * int::<B>(kind::MEMORY)
            + row.is_code.into() * int::<B>(kind::CODE)
            + row.is_calldata.into() * int::<B>(kind::CALLDATA)
            + (row.is_store.into() + row.is_byte.into()) * int::<B>(kind::GIVEN);
        let destination = row.position.into() + row.a.limbs[1].into() * int::<B>(1 << 11);
        let mut job = vec![kind, row.state.frame.into(), row.state.clk.into(), row.label.into(), destination, row.first.into()];
        job.extend([row.asked.into(), row.byte.into(), row.length.into()]);
        job.extend(row.word.iter().map(|&limb| limb.into()));
        bus::send(b, name::JOB, job, row.active.into());
    }
}
