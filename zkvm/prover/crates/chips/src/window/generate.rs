use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;

use super::columns::{BYTES, Split};
use super::{WindowCols, kind};
use crate::bus::{F, tag};
use crate::context::{Context, Rows, Touch};
use crate::word::{limbs, limbs16};

/// Where a job comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Stream,
    Tail,
    Job,
}

/// Bytes to be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    origin: Origin,
    /// See [`super::kind`].
    kind: u32,
    frame: u32,
    clk: u32,
    /// Tag of a stream, call of the claim's data.
    label: u32,
    /// Key of a stream's chunks on the claim bus.
    key: u32,
    /// Destination word or chunk, and first byte in it.
    destination: u32,
    first: u32,
    /// Source word (or byte offset in the claim's data) and byte in it.
    asked: u32,
    byte: u32,
    length: u32,
    given: U256,
}

impl Job {
    /// Memory `offset .. offset + length` to chunks on the claim bus under `label` and `key`.
    pub fn stream(frame: u32, clk: u32, label: u32, key: u32, offset: u32, length: u32) -> Self {
        let (asked, byte) = (offset / 32, offset % 32);
        Self { origin: Origin::Stream, kind: kind::STREAM, frame, clk, label, key, destination: 0, first: 0, asked, byte, length, given: U256::ZERO }
    }

    /// The last bytes of this stream: chunk `index` from the beginning of memory word `word`.
    pub fn tail(self, index: u32, word: u32, length: u32) -> Self {
        Self { origin: Origin::Tail, destination: index, asked: word, byte: 0, length, ..self }
    }

    /// Memory `to .. to + length` from memory at `from`.
    pub fn memory(frame: u32, clk: u32, to: u32, from: u32, length: u32) -> Self {
        Self { origin: Origin::Job, kind: kind::MEMORY, destination: to / 32, first: to % 32, ..Self::stream(frame, clk, 0, 0, from, length) }
    }

    /// Memory `to .. to + length` from the claim's data of `kind` at byte offset `from` in call `call`.
    pub fn claim(frame: u32, clk: u32, kind: u32, call: u32, to: u32, from: u32, length: u32) -> Self {
        Self { kind, label: call, asked: from, byte: 0, ..Self::memory(frame, clk, to, 0, length) }
    }

    /// Memory `to .. to + length` from byte `byte` of a word on.
    pub fn given(frame: u32, clk: u32, to: u32, word: U256, byte: u32, length: u32) -> Self {
        Self { kind: kind::GIVEN, asked: 0, byte, given: word, ..Self::memory(frame, clk, to, 0, length) }
    }

    /// Fields of the JOB message: kind, frame, clk, label, destination word, first byte, source, source byte, length.
    pub fn fields(&self) -> [u32; 9] {
        [self.kind, self.frame, self.clk, self.label, self.destination, self.first, self.asked, self.byte, self.length]
    }
}

/// A source word of a row.
#[derive(Clone, Copy, Debug, Default)]
struct Source {
    word: U256,
    touch: Option<Touch>,
    carried: bool,
    loaded: bool,
}

/// What is settled of a row before memory is written.
struct Plan {
    first: u32,
    last: u32,
    shift: u32,
    source: u32,
    back: bool,
    remaining: u32,
    one: Source,
    two: Source,
    valid: bool,
    carry: U256,
}

/// Rows of the window chip.
#[derive(Clone, Debug, Default)]
pub struct WindowRows(Rows);

fn byte(word: U256, j: u32) -> u8 {
    word.byte(31 - j as usize)
}

impl WindowRows {
    /// Appends the rows of a job. `claim` gives the word of the claim's code or call data at a byte offset.
    pub fn push(&mut self, job: &Job, ctx: &mut Context, claim: &dyn Fn(u32) -> U256) {
        // all reads come before all writes: they are at clk and clk + 1
        let plans = plan(job, ctx, claim);
        let count = plans.len();
        for (i, plan) in plans.into_iter().enumerate() {
            self.row(job, i as u32, i + 1 < count, &plan, ctx);
        }
    }

    fn row(&mut self, job: &Job, index: u32, more: bool, plan: &Plan, ctx: &mut Context) {
        let destination = job.destination + index;
        let window = |j: u32| {
            let at = j + plan.shift;
            if at < 32 { byte(plan.one.word, at) } else { byte(plan.two.word, at - 32) }
        };
        let written = job.kind != kind::STREAM;
        let old = if written { ctx.memory.get(&(job.frame, destination)).map_or(U256::ZERO, |cell| cell.1) } else { U256::ZERO };
        let bytes: [u8; 32] = core::array::from_fn(|j| if (plan.first..plan.last).contains(&(j as u32)) { window(j as u32) } else { byte(old, j as u32) });
        let new = U256::from_be_bytes(bytes);

        let row = WindowCols::view_mut(self.0.push(WindowCols::<F>::WIDTH));
        row.kind[job.kind as usize] = F::ONE;
        let flag = match (index, job.origin) {
            (0, Origin::Stream) => &mut row.from_stream,
            (0, Origin::Tail) => &mut row.from_tail,
            (0, Origin::Job) => &mut row.from_job,
            _ => &mut row.further,
        };
        *flag = F::ONE;
        row.frame = F::from_u32(job.frame);
        row.clk = F::from_u32(job.clk);
        row.label = F::from_u32(job.label);
        row.key = F::from_u32(job.key);
        row.destination = F::from_u32(destination);
        // the first row of a memory job may begin before its first source word, even before word 0
        row.source = F::from_u32(plan.source.wrapping_add(1)) - F::ONE;
        if index == 0 {
            row.byte = F::from_u32(job.byte);
            row.asked = F::from_u32(job.asked);
            row.back = F::from_bool(plan.back);
            ctx.range_bits(job.byte, 5);
            if job.origin == Origin::Stream {
                let position = job.asked & 0x7ff;
                row.position = F::from_u32(position);
                row.high = F::from_u32(job.asked >> 11);
                ctx.range_bits(position, 11);
            }
        }
        row.remaining = F::from_u32(plan.remaining);
        row.shift[plan.shift as usize] = F::ONE;
        row.first[plan.first as usize] = F::ONE;
        row.last[plan.last as usize - 1] = F::ONE;
        let taken = plan.last - plan.first;
        ctx.range_bits(taken - 1, 5);
        row.more = F::from_bool(more);
        if more {
            let rest = plan.remaining - taken - 1;
            row.rest_low = F::from_u32(rest & 0xffff);
            row.rest_high = F::from_u32(rest >> 16);
            ctx.range16(rest & 0xffff);
            ctx.range_bits(rest >> 16, 14);
        }
        let claims = matches!(job.kind, kind::CODE | kind::CALLDATA);
        row.next_source = row.source + F::from_u32(if claims { taken } else { 1 });
        row.next_shift = F::from_u32(if claims { 0 } else { plan.shift });
        row.reads_one = F::from_bool(plan.one.touch.is_some());
        row.reads_two = F::from_bool(plan.two.touch.is_some());
        row.carried = F::from_bool(plan.one.carried);
        row.loads_one = F::from_bool(plan.one.loaded);
        row.loads_two = F::from_bool(plan.two.loaded);
        row.claims = [plan.one.loaded && claims, plan.two.loaded && claims].map(F::from_bool);
        row.valid = F::from_bool(plan.valid);
        row.carry = limbs(plan.carry);
        let no_one = plan.one.touch.is_none() && !plan.one.carried && !plan.one.loaded;
        let no_two = plan.two.touch.is_none() && !plan.two.loaded;
        if no_one {
            ctx.range_bits(plan.first + plan.shift - 32, 5);
        }
        if no_two {
            ctx.range_bits(32 - plan.last - plan.shift, 5);
        }
        split(&mut row.one, plan.one.word, ctx);
        split(&mut row.two, plan.two.word, ctx);
        split(&mut row.old, old, ctx);
        row.new = limbs(new);
        for (previous, source) in row.previous.iter_mut().zip([&plan.one, &plan.two]) {
            if let Some(touch) = source.touch {
                ctx.previous(previous, touch.previous, job.clk);
            }
        }
        if written {
            let touch = ctx.touch(job.frame, destination, job.clk + 1, Some(new));
            ctx.previous(&mut row.previous[2], touch.previous, job.clk + 1);
        }
    }

    /// Replaces the entries of listed hashes, by number of first use, with their places in the claim.
    pub fn place(&mut self, places: &[u32]) {
        for cells in self.0.cells.chunks_exact_mut(WindowCols::<F>::WIDTH) {
            let row = WindowCols::view_mut(cells);
            if row.kind[kind::STREAM as usize] == F::ONE && row.label == F::from_u32(tag::CHUNK) {
                row.key = F::from_u32(places[row.key.as_canonical_u32() as usize]);
            }
        }
    }

    /// The table, if there are rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(WindowCols::<F>::WIDTH, 2)
    }
}

fn split(columns: &mut Split<F>, word: U256, ctx: &mut Context) {
    columns.limbs = limbs(word);
    columns.low = limbs16(word).map(|limb| {
        ctx.limb_bytes(limb);
        F::from_u16(limb & 0xff)
    });
}

/// The rows' extents and source words, with the memory words read at clk.
fn plan(job: &Job, ctx: &mut Context, claim: &dyn Fn(u32) -> U256) -> Vec<Plan> {
    let claims = matches!(job.kind, kind::CODE | kind::CALLDATA);
    let back = job.byte < job.first;
    let mut shift = job.byte + 32 * u32::from(back) - job.first;
    let mut source = if claims { job.asked } else { job.asked.wrapping_sub(u32::from(back)) };
    let (mut first, mut remaining) = (job.first, job.length);
    let (mut valid, mut carry) = (false, job.given);
    let mut plans: Vec<Plan> = Vec::new();
    while remaining > 0 {
        let last = (first + remaining).min(BYTES as u32);
        let begins = plans.is_empty();
        let (mut one, mut two) = (Source::default(), Source::default());
        if claims {
            let tag = if job.kind == kind::CODE { tag::CODE } else { tag::CALLDATA };
            *ctx.claims.entry((tag, job.label, source)).or_default() += 1;
            let loaded = Source { word: claim(source), loaded: true, ..Source::default() };
            if begins && back { two = loaded } else { one = loaded }
        } else if job.kind == kind::GIVEN {
            let loaded = Source { word: job.given, loaded: true, ..Source::default() };
            match (begins, back) {
                (true, true) => two = loaded,
                (true, false) => one = loaded,
                _ => one = Source { word: carry, carried: true, ..Source::default() },
            }
        } else {
            let mut read = |word: u32| {
                let touch = ctx.touch(job.frame, word, job.clk, None);
                Source { word: touch.old, touch: Some(touch), ..Source::default() }
            };
            if !begins && valid {
                one = Source { word: carry, carried: true, ..Source::default() };
            } else if first + shift < 32 {
                one = read(source);
            }
            if last + shift > 32 {
                two = read(source.wrapping_add(1));
            }
        }
        let next_valid = two.touch.is_some() || two.loaded;
        let next_carry = two.word;
        plans.push(Plan { first, last, shift, source, back: begins && back, remaining, one, two, valid, carry });
        let taken = last - first;
        remaining -= taken;
        source = source.wrapping_add(if claims { taken } else { 1 });
        if claims {
            shift = 0;
        }
        (first, valid, carry) = (0, next_valid, next_carry);
    }
    plans
}
