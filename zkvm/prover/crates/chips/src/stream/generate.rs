use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;

use super::StreamCols;
use crate::bus::{F, tag};
use crate::context::{Context, Rows};
use crate::finish::Stream;
use crate::word::limbs;

/// What the stream chip leaves to the copy chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Nothing.
    Done,
    /// The whole stream: its offset is unaligned, or it is shorter than a word.
    All,
    /// The last bytes: a COPY message (chunk index, word, remaining) is open.
    Tail {
        /// Chunk index.
        index: u32,
        /// Memory word.
        word: u32,
        /// Bytes, below 32.
        remaining: u32,
    },
}

/// Rows of the stream chip.
#[derive(Clone, Debug, Default)]
pub struct StreamRows(Rows);

impl StreamRows {
    /// Appends the rows of a stream's whole words.
    pub fn push(&mut self, stream: &Stream, label: u32, key: u32, ctx: &mut Context) -> Part {
        let Stream { frame, clk, offset, length } = *stream;
        if offset % 32 != 0 || length < 32 {
            return Part::All;
        }
        let count = length / 32;
        for index in 0..count {
            let word = offset / 32 + index;
            let rest = length - 32 * (index + 1);
            let touch = ctx.touch(frame, word, clk, None);
            let row = StreamCols::view_mut(self.0.push(StreamCols::<F>::WIDTH));
            if index == 0 {
                let position = (offset & 0xffff) / 32;
                row.first = F::ONE;
                row.position = F::from_u32(position);
                row.high = F::from_u32(offset >> 16);
                ctx.range_bits(position, 11);
            } else {
                row.further = F::ONE;
            }
            row.frame = F::from_u32(frame);
            row.clk = F::from_u32(clk);
            row.tag = F::from_u32(label);
            row.key = F::from_u32(key);
            row.index = F::from_u32(index);
            row.word = F::from_u32(word);
            row.rest = F::from_u32(rest);
            row.rest_low = F::from_u32(rest & 0xffff);
            row.rest_high = F::from_u32(rest >> 16);
            ctx.range16(rest & 0xffff);
            ctx.range_bits(rest >> 16, 14);
            row.more = F::from_bool(rest != 0);
            row.inverse = row.rest.try_inverse().unwrap_or(F::ZERO);
            ctx.previous(&mut row.previous, touch.previous, clk);
            row.limbs = limbs(touch.old);
        }
        match length % 32 {
            0 => Part::Done,
            remaining => Part::Tail { index: count, word: offset / 32 + count, remaining },
        }
    }

    /// Replaces the entries of listed hashes, by number of first use, with their places in the claim.
    pub fn place(&mut self, places: &[u32]) {
        for cells in self.0.cells.chunks_exact_mut(StreamCols::<F>::WIDTH) {
            let row = StreamCols::view_mut(cells);
            if row.tag == F::from_u32(tag::CHUNK) {
                row.key = F::from_u32(places[row.key.as_canonical_u32() as usize]);
            }
        }
    }

    /// The table, if there are rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(StreamCols::<F>::WIDTH, 2)
    }
}
