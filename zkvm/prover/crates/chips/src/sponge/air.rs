use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::{Field, PrimeCharacteristicRing};
use sol2zk_executor::isa;

use super::SpongeCols;
use super::columns::CHUNKS;
use crate::bus::{self, ChipBuilder, F, int, name, tag};
use crate::columns::LIMBS;
use crate::hash::swapped;
use crate::keccak::RATE_LIMBS;

/// The sponge chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct SpongeAir;

impl BaseAir<F> for SpongeAir {
    fn width(&self) -> usize {
        SpongeCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for SpongeAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = SpongeCols::view(main.current_slice());
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
        let words = self.length(b, row, &real);
        self.preimage(b, row);
        self.digest(b, row, &real);
        let gas = row.state.gas.into() + row.gas.into() + words * int::<B>(6);
        bus::leave(b, &row.state, id + B::Expr::ONE, row.state.region.into(), gas, row.state.words.into(), real.clone());
        b.assert_zero((B::Expr::ONE - real) * row.uses.into());
        bus::give_wire(b, row.state.region.into(), row.state.id.into(), bus::exprs::<B, LIMBS>(row.result), row.uses.into());
    }
}

impl SpongeAir {
    /// The length, as the place where the padding begins and as a number of chunks; gives the latter.
    fn length<B: ChipBuilder>(&self, b: &mut B, row: &SpongeCols<B::Var>, real: &B::Expr) -> B::Expr {
        let length: B::Expr = row.b.limbs[0].into();
        for limb in &row.b.limbs[1..] {
            b.assert_zero(real.clone() * (*limb).into());
        }
        for flag in row.even.into_iter().chain(row.odd).chain(row.chunk) {
            b.assert_bool(flag);
        }
        let ends = row.even.iter().chain(&row.odd).map(|&flag| flag.into()).sum::<B::Expr>();
        b.assert_zero(ends - real.clone());
        // Forgery: padding at another place than the message's end.
        let place = (0..RATE_LIMBS).map(|j| row.even[j].into() * int::<B>(2 * j as u32) + row.odd[j].into() * int::<B>(2 * j as u32 + 1));
        b.assert_zero(real.clone() * (place.sum::<B::Expr>() - length.clone()));
        // Forgery: a chunk left out or too many, at the price of fewer words.
        let words: B::Expr = row.chunk.iter().map(|&flag| flag.into()).sum();
        for k in 0..CHUNKS {
            let before = if k == 0 { real.clone() } else { row.chunk[k - 1].into() };
            b.assert_zero(row.chunk[k].into() * (B::Expr::ONE - before));
        }
        b.assert_zero(real.clone() * (words.clone() * int::<B>(32) - length - row.slack.into()));
        bus::range_bits(b, row.slack.into(), 5, real.clone());
        words
    }

    /// Asks for the message's bytes and takes them as they come.
    fn preimage<B: ChipBuilder>(&self, b: &mut B, row: &SpongeCols<B::Var>) {
        let some: B::Expr = row.chunk[0].into();
        let (frame, clk): (B::Expr, B::Expr) = (row.state.frame.into(), row.state.clk.into());
        for limb in &row.a.limbs[2..] {
            b.assert_zero(some.clone() * (*limb).into());
        }
        let [low, high] = [row.a.limbs[0].into(), row.a.limbs[1].into()];
        bus::send(b, name::STREAM, vec![frame, clk.clone(), int::<B>(tag::PREIMAGE), clk.clone(), low, high, row.b.limbs[0].into()], some);
        for k in 0..CHUNKS {
            let there: B::Expr = row.chunk[k].into();
            // Limb 15 - i of the chunk is the message's limb 16 k + i; beyond the block there is nothing.
            let limbs: [B::Expr; LIMBS] = core::array::from_fn(|place| row.limbs.get(LIMBS * k + LIMBS - 1 - place).map_or(B::Expr::ZERO, |&limb| limb.into()));
            for i in (LIMBS * k..LIMBS * (k + 1)).take_while(|&i| i < RATE_LIMBS) {
                // Forgery: bytes beyond the message.
                b.assert_zero((B::Expr::ONE - there.clone()) * row.limbs[i].into());
            }
            let head = [int::<B>(tag::PREIMAGE), clk.clone(), int::<B>(k as u32)];
            bus::send(b, name::CLAIM, bus::message::<B, 3, LIMBS>(head, limbs), there);
        }
    }

    /// Pads, and takes the digest from the Keccak table.
    fn digest<B: ChipBuilder>(&self, b: &mut B, row: &SpongeCols<B::Var>, real: &B::Expr) {
        let inverse = B::Expr::from(F::from_u32(256).inverse());
        let mut block: Vec<B::Expr> = Vec::with_capacity(RATE_LIMBS + LIMBS);
        for j in 0..RATE_LIMBS {
            let low: B::Expr = row.low[j].into();
            let high = (row.limbs[j].into() - low.clone()) * inverse.clone();
            // Both bytes, so low is the low byte (forgery: other bytes hashed than the message has).
            bus::query(b, name::BYTES, vec![low.clone(), high.clone()], real.clone());
            // 0x01 after the message: the chunks are zero there.
            block.push(high + low * int::<B>(256) + row.even[j].into() + row.odd[j].into() * int::<B>(256));
        }
        block[RATE_LIMBS - 1] = block[RATE_LIMBS - 1].clone() + real.clone() * int::<B>(0x8000);
        let digest = swapped(b, &row.result, &row.result_low, real);
        block.extend(digest);
        bus::receive(b, name::KECCAK, block, real.clone());
    }
}
