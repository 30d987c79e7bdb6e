use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;

use super::StreamCols;
use crate::bus::{self, ChipBuilder, F, int, name};
use crate::columns::LIMBS;

/// The stream chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct StreamAir;

impl BaseAir<F> for StreamAir {
    fn width(&self) -> usize {
        StreamCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for StreamAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = StreamCols::view(main.current_slice());
        let (first, further): (B::Expr, B::Expr) = (row.first.into(), row.further.into());
        let real = first.clone() + further.clone();
        // A row begins a stream or goes on with one (forgery: a row of a negative kind, which answers look-ups of numbers out of range, or one that does both).
        b.assert_bool(row.first);
        b.assert_bool(row.further);
        b.assert_bool(real.clone());
        // Forgery: a stream that goes on in part; of the two cases below it is one.
        b.assert_bool(row.more);
        let (frame, clk, tag, key): (B::Expr, B::Expr, B::Expr, B::Expr) = (row.frame.into(), row.clk.into(), row.tag.into(), row.key.into());
        let (index, word, rest): (B::Expr, B::Expr, B::Expr) = (row.index.into(), row.word.into(), row.rest.into());
        let zero = || B::Expr::ZERO;

        // A stream begins where it was asked for, at a multiple of 32 bytes (forgery: other memory than asked for).
        bus::range_bits(b, row.position.into(), 11, first.clone());
        b.assert_zero(first.clone() * (word.clone() - row.position.into() - row.high.into() * int::<B>(1 << 11)));
        b.assert_zero(first.clone() * index.clone());
        let remaining = rest.clone() + real.clone() * int::<B>(32);
        let asked = vec![frame.clone(), clk.clone(), tag.clone(), key.clone(), row.position.into() * int::<B>(32), row.high.into(), remaining.clone()];
        bus::receive(b, name::STREAM, asked, first);
        // The key is the one asked for from the first chunk to the last (forgery: a chunk of another entry).
        let under_way = vec![frame.clone(), clk.clone(), tag.clone(), key.clone(), index.clone(), word.clone(), zero(), remaining];
        bus::receive(b, name::COPY, under_way, further);

        // At least 32 bytes remain; if more, the next row goes on (forgery: a stream cut short, or longer than asked).
        b.assert_zero(rest.clone() - row.rest_low.into() - row.rest_high.into() * int::<B>(1 << 16));
        bus::range16(b, row.rest_low.into(), real.clone());
        bus::range_bits(b, row.rest_high.into(), 14, real.clone());
        b.assert_zero(row.more.into() * (B::Expr::ONE - rest.clone() * row.inverse.into()));
        b.assert_zero((B::Expr::ONE - row.more.into()) * rest.clone());
        b.assert_zero(row.more.into() * (B::Expr::ONE - real.clone()));
        let onward = vec![frame.clone(), clk.clone(), tag.clone(), key.clone(), index.clone() + B::Expr::ONE, word.clone() + B::Expr::ONE, zero(), rest];
        bus::send(b, name::COPY, onward, row.more.into());

        // The chunk is the memory word at this time.
        let limbs = bus::exprs::<B, LIMBS>(row.limbs);
        bus::access(b, frame, word, &row.previous, clk.clone(), limbs.clone(), limbs.clone(), real.clone());
        bus::receive(b, name::CLAIM, bus::message::<B, 3, LIMBS>([tag, key, index], limbs), real);
    }
}
