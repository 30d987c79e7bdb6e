use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::{Field, PrimeCharacteristicRing};

use super::columns::{BYTES, Split};
use super::{WindowCols, kind};
use crate::bus::{self, ChipBuilder, F, int, name, tag};
use crate::columns::LIMBS;

/// The window chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct WindowAir;

impl BaseAir<F> for WindowAir {
    fn width(&self) -> usize {
        WindowCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

/// Bytes of a word in order (0 the most significant); looks them up.
fn bytes<B: ChipBuilder>(b: &mut B, word: &Split<B::Var>, real: &B::Expr) -> Vec<B::Expr> {
    let inverse = B::Expr::from(F::from_u32(256).inverse());
    let mut out = Vec::with_capacity(BYTES);
    for i in (0..LIMBS).rev() {
        let low: B::Expr = word.low[i].into();
        let high = (word.limbs[i].into() - low.clone()) * inverse.clone();
        bus::query(b, name::BYTES, vec![low.clone(), high.clone()], real.clone());
        out.extend([high, low]);
    }
    out
}

/// One-hot columns: boolean, summing to `real`; gives the position that they mark, counted from `start`.
fn one_hot<B: ChipBuilder>(b: &mut B, flags: &[B::Var], start: u32, real: &B::Expr) -> B::Expr {
    for &flag in flags {
        b.assert_bool(flag);
    }
    b.assert_zero(flags.iter().map(|&flag| flag.into()).sum::<B::Expr>() - real.clone());
    flags.iter().zip(start..).map(|(&flag, i)| flag.into() * int::<B>(i)).sum()
}

impl<B: ChipBuilder> Air<B> for WindowAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = WindowCols::view(main.current_slice());
        let origins = [row.from_stream, row.from_tail, row.from_job, row.further];
        for flag in origins {
            b.assert_bool(flag);
        }
        let real: B::Expr = origins.iter().map(|&flag| flag.into()).sum();
        b.assert_bool(real.clone());
        let kind = one_hot(b, &row.kind, 0, &real);
        let shift = one_hot(b, &row.shift, 0, &real);
        let first = one_hot(b, &row.first, 0, &real);
        let last = one_hot(b, &row.last, 1, &real);
        self.origin(b, row, &kind, &shift, &first);
        self.extent(b, row, &kind, &shift, &first, &last, &real);
        self.sources(b, row, &shift, &first, &last, &real);
        self.bytes(b, row, &real);
    }
}

impl WindowAir {
    /// Where the row comes from: the job asked for, or the row before.
    fn origin<B: ChipBuilder>(&self, b: &mut B, row: &WindowCols<B::Var>, kind: &B::Expr, shift: &B::Expr, first: &B::Expr) {
        let (frame, clk, label, key): (B::Expr, B::Expr, B::Expr, B::Expr) = (row.frame.into(), row.clk.into(), row.label.into(), row.key.into());
        let (stream, tail, job, further): (B::Expr, B::Expr, B::Expr, B::Expr) =
            (row.from_stream.into(), row.from_tail.into(), row.from_job.into(), row.further.into());
        let zero = || B::Expr::ZERO;
        // Streams are of kind 0, jobs of another (forgery: a job's bytes claimed as output).
        let streams: B::Expr = row.kind[kind::STREAM as usize].into();
        b.assert_zero((stream.clone() + tail.clone()) * (B::Expr::ONE - streams.clone()));
        b.assert_zero(job.clone() * streams.clone());
        // A stream: offset = 32 (position + 2^11 high) + byte, chunk 0 (forgery: other memory than asked for).
        b.assert_zero(stream.clone() * (row.asked.into() - row.position.into() - row.high.into() * int::<B>(1 << 11)));
        b.assert_zero(stream.clone() * row.destination.into());
        bus::range_bits(b, row.position.into(), 11, stream.clone());
        let low = row.position.into() * int::<B>(32) + row.byte.into();
        let from = vec![frame.clone(), clk.clone(), label.clone(), key.clone(), low, row.high.into(), row.remaining.into()];
        bus::receive(b, name::STREAM, from, stream.clone());
        let at = vec![frame.clone(), clk.clone(), label.clone(), key.clone(), row.destination.into(), row.asked.into(), zero(), row.remaining.into()];
        bus::receive(b, name::COPY, at, tail.clone());
        b.assert_zero(tail.clone() * row.byte.into());
        let mut asked = vec![kind.clone(), frame.clone(), clk.clone(), label.clone(), row.destination.into(), first.clone()];
        asked.extend([row.asked.into(), row.byte.into(), row.remaining.into()]);
        asked.extend(row.carry.iter().map(|&limb| limb.into()));
        bus::receive(b, name::JOB, asked, job.clone());

        // First rows: the shift that brings source byte `byte` to destination byte `first` (forgery: bytes from beside the source).
        let begins = stream.clone() + tail.clone() + job;
        b.assert_bool(row.back);
        b.assert_zero(begins.clone() * (row.byte.into() - first.clone() + row.back.into() * int::<B>(32) - shift.clone()));
        let claims: B::Expr = row.kind[kind::CODE as usize].into() + row.kind[kind::CALLDATA as usize].into();
        b.assert_zero(begins.clone() * (row.asked.into() - row.source.into() - row.back.into() * (B::Expr::ONE - claims)));
        // A stream's chunks are filled from their beginning.
        b.assert_zero((stream + tail) * first.clone());
        bus::range_bits(b, row.byte.into(), 5, begins.clone());

        // Further rows: everything as handed over, from the first byte on.
        b.assert_zero(further.clone() * first.clone());
        b.assert_zero(further.clone() * row.back.into());
        let mut state =
            vec![kind.clone(), frame, clk, label, key, row.destination.into(), row.source.into(), shift.clone(), row.remaining.into(), row.valid.into()];
        state.extend(row.carry.iter().map(|&limb| limb.into()));
        bus::receive(b, name::WINDOW, state, further);
    }

    /// How many bytes, and what is left to the next row.
    #[allow(clippy::too_many_arguments)]
    fn extent<B: ChipBuilder>(&self, b: &mut B, row: &WindowCols<B::Var>, kind: &B::Expr, shift: &B::Expr, first: &B::Expr, last: &B::Expr, real: &B::Expr) {
        let count = last.clone() - first.clone();
        let more: B::Expr = row.more.into();
        b.assert_bool(row.more);
        b.assert_zero(more.clone() * (B::Expr::ONE - real.clone()));
        // At least one byte, at most to the word's end; to its very end if more follow (forgery: bytes skipped, or a job cut short).
        bus::range_bits(b, count.clone() - real.clone(), 5, real.clone());
        b.assert_zero(more.clone() * (last.clone() - int::<B>(32)));
        let rest = row.remaining.into() - count.clone();
        b.assert_zero((real.clone() - more.clone()) * rest.clone());
        b.assert_zero(more.clone() * (rest.clone() - B::Expr::ONE - row.rest_low.into() - row.rest_high.into() * int::<B>(1 << 16)));
        bus::range16(b, row.rest_low.into(), more.clone());
        bus::range_bits(b, row.rest_high.into(), 14, more.clone());
        // Memory sources go on by a word under the same shift; the claim's data by the bytes taken, without shift.
        let claims: B::Expr = row.kind[kind::CODE as usize].into() + row.kind[kind::CALLDATA as usize].into();
        b.assert_bool(claims.clone());
        b.assert_zero(claims.clone() * (row.next_source.into() - row.source.into() - count));
        b.assert_zero((real.clone() - claims.clone()) * (row.next_source.into() - row.source.into() - B::Expr::ONE));
        b.assert_zero(claims.clone() * row.next_shift.into());
        b.assert_zero((real.clone() - claims) * (row.next_shift.into() - shift.clone()));
        let mut onward = vec![kind.clone(), row.frame.into(), row.clk.into(), row.label.into(), row.key.into(), row.destination.into() + B::Expr::ONE];
        onward.extend([row.next_source.into(), row.next_shift.into(), rest, row.reads_two.into() + row.loads_two.into()]);
        onward.extend(row.two.limbs.iter().map(|&limb| limb.into()));
        bus::send(b, name::WINDOW, onward, more);
    }

    /// Where the source words come from.
    fn sources<B: ChipBuilder>(&self, b: &mut B, row: &WindowCols<B::Var>, shift: &B::Expr, first: &B::Expr, last: &B::Expr, real: &B::Expr) {
        let of = |k: u32| -> B::Expr { row.kind[k as usize].into() };
        let (memory, claims, given) = (of(kind::STREAM) + of(kind::MEMORY), of(kind::CODE) + of(kind::CALLDATA), of(kind::GIVEN));
        for flag in [row.reads_one, row.reads_two, row.carried, row.loads_one, row.loads_two] {
            b.assert_bool(flag);
        }
        let (one, two): (B::Expr, B::Expr) = (row.reads_one.into(), row.reads_two.into());
        let (carried, loads_one, loads_two): (B::Expr, B::Expr, B::Expr) = (row.carried.into(), row.loads_one.into(), row.loads_two.into());
        let has_one = one.clone() + carried.clone() + loads_one.clone();
        let has_two = two.clone() + loads_two.clone();
        b.assert_bool(has_one.clone());
        b.assert_bool(has_two.clone());
        // Each by its kind (forgery: memory served as code, a given word as memory).
        b.assert_zero((one.clone() + two.clone()) * (B::Expr::ONE - memory));
        b.assert_zero((loads_one.clone() + loads_two.clone()) * (B::Expr::ONE - claims.clone() - given.clone()));
        b.assert_zero(carried.clone() * (claims.clone() + (B::Expr::ONE - row.further.into())));
        b.assert_zero(carried.clone() * (B::Expr::ONE - row.valid.into()));
        // The claim's word and the given one stand where the shift expects byte 0 of the source: the second word if `back`, else the first.
        b.assert_zero(loads_one.clone() * row.back.into());
        b.assert_zero(loads_two.clone() * (B::Expr::ONE - row.back.into()));
        // A given word is given to first rows.
        b.assert_zero((loads_one.clone() + loads_two.clone()) * given * row.further.into());
        for i in 0..LIMBS {
            b.assert_zero(carried.clone() * (row.one.limbs[i].into() - row.carry[i].into()));
            let given = of(kind::GIVEN);
            b.assert_zero(given.clone() * loads_one.clone() * (row.one.limbs[i].into() - row.carry[i].into()));
            b.assert_zero(given * loads_two.clone() * (row.two.limbs[i].into() - row.carry[i].into()));
        }
        b.assert_zero(row.claims[0].into() - claims.clone() * loads_one);
        b.assert_zero(row.claims[1].into() - claims * loads_two);
        let claim = of(kind::CODE) * int::<B>(tag::CODE) + of(kind::CALLDATA) * int::<B>(tag::CALLDATA);
        for (word, count) in [(&row.one, row.claims[0]), (&row.two, row.claims[1])] {
            let head = [claim.clone(), row.label.into(), row.source.into()];
            bus::query(b, name::CLAIM, bus::message::<B, 3, LIMBS>(head, bus::exprs::<B, LIMBS>(word.limbs)), count.into());
        }
        // A byte is taken from a source word only if the row has that word: without the first, all bytes taken lie in the second, and the other way round.
        // Forgery: bytes from nowhere.
        let needs_no_one = real.clone() - has_one;
        bus::range_bits(b, first.clone() + shift.clone() - int::<B>(32), 5, needs_no_one);
        let needs_no_two = real.clone() - has_two;
        bus::range_bits(b, int::<B>(32) - last.clone() - shift.clone(), 5, needs_no_two);
        // Memory words are what memory holds at clk.
        let frame: B::Expr = row.frame.into();
        for (word, address, previous, count) in
            [(&row.one, row.source.into(), &row.previous[0], one), (&row.two, row.source.into() + B::Expr::ONE, &row.previous[1], two)]
        {
            let limbs = bus::exprs::<B, LIMBS>(word.limbs);
            bus::access(b, frame.clone(), address, previous, row.clk.into(), limbs.clone(), limbs, count);
        }
    }

    /// The destination's bytes.
    fn bytes<B: ChipBuilder>(&self, b: &mut B, row: &WindowCols<B::Var>, real: &B::Expr) {
        let mut source = bytes(b, &row.one, real);
        source.extend(bytes(b, &row.two, real));
        let old = bytes(b, &row.old, real);
        let mut taken = B::Expr::ZERO;
        let mut new = Vec::with_capacity(BYTES);
        for j in 0..BYTES {
            taken = taken + row.first[j].into() - if j == 0 { B::Expr::ZERO } else { row.last[j - 1].into() };
            let window: B::Expr = (0..BYTES).map(|r| row.shift[r].into() * source[j + r].clone()).sum();
            new.push(old[j].clone() + taken.clone() * (window - old[j].clone()));
        }
        // Bytes first .. last are the window's, the others stay (forgery: any other byte written).
        for i in 0..LIMBS {
            let j = 2 * (LIMBS - 1 - i);
            b.assert_zero(row.new[i].into() - new[j].clone() * int::<B>(256) - new[j + 1].clone());
        }
        let streams: B::Expr = row.kind[kind::STREAM as usize].into();
        for limb in row.old.limbs {
            b.assert_zero(streams.clone() * limb.into());
        }
        let (clk, destination): (B::Expr, B::Expr) = (row.clk.into(), row.destination.into());
        let after = clk.clone() + B::Expr::ONE;
        let (old, new) = (bus::exprs::<B, LIMBS>(row.old.limbs), bus::exprs::<B, LIMBS>(row.new));
        bus::access(b, row.frame.into(), destination.clone(), &row.previous[2], after, old, new.clone(), real.clone() - streams.clone());
        bus::receive(b, name::CLAIM, bus::message::<B, 3, LIMBS>([row.label.into(), row.key.into(), destination], new), streams);
    }
}
