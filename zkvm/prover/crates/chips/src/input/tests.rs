use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{InputAir, InputCols, InputRows};
use crate::bus::{F, name, tag};
use crate::columns::LIMBS;
use crate::context::FrameInfo;
use crate::testing::{FRAME, Mock, Seeded, edges, forged_row, numbers, padding_rejects, shape, stopped_though_believed, with_limbs};
use crate::word::limbs;

const WIDTH: usize = InputCols::<F>::WIDTH;
const CALL: u32 = 3;

struct Bench {
    mock: Mock,
    rows: InputRows,
}

impl Bench {
    fn new() -> Self {
        let mut mock = Mock::new();
        mock.context.frame_info.insert(FRAME, FrameInfo { call: CALL, account: 6, doomed: true, sentry: false });
        Self { mock, rows: InputRows::default() }
    }

    fn env(&mut self, kind: u32, word: U256) {
        let step = self.mock.chained(isa::ENV, &[], kind, 2, |step| step.result = word);
        self.rows.push(&step, &mut self.mock.context);
        self.mock.offer(name::CLAIM, with_limbs(&[tag::ENV, CALL, kind], word), 1);
    }

    /// `word` is what the claim says at the offset, if it is asked.
    fn load(&mut self, offset: U256, word: U256) {
        let near = offset < U256::from(1 << 30);
        let word = if near { word } else { U256::ZERO };
        let step = self.mock.chained(isa::CALLDATALOAD, &[offset], 0, 3, |step| step.result = word);
        self.rows.push(&step, &mut self.mock.context);
        if near {
            self.mock.offer(name::CLAIM, with_limbs(&[tag::CALLDATA, CALL, offset.to::<u32>()], word), 1);
        }
    }

    fn finish(mut self) -> (Mock, RowMajorMatrix<F>) {
        let count = self.mock.context.frames[&FRAME];
        self.mock.offer(name::FRAME, vec![FRAME, CALL, 6, 1, 0], count);
        // the context counts what the claim is asked: as often as the steps above
        let mut asked: Vec<_> = self.mock.context.claims.iter().map(|(&key, &count)| (key, count)).collect();
        asked.sort_unstable();
        assert!(asked.iter().all(|&((_, call, _), count)| call == CALL && count > 0));
        (self.mock, self.rows.finish().expect("rows"))
    }
}

/// Rows: ENV, near, far, beyond.
fn four() -> (Mock, RowMajorMatrix<F>) {
    let (mut bench, mut seeded) = (Bench::new(), Seeded::new(3));
    bench.env(4, seeded.random());
    bench.load(U256::from(0x1_0024), seeded.random());
    bench.load(U256::ONE << 64usize, U256::ZERO);
    bench.load(U256::from(0x4000_0004), U256::ZERO);
    bench.finish()
}

#[test]
fn words_are_those_of_the_claim() {
    let (mut bench, mut seeded) = (Bench::new(), Seeded::new(4));
    for kind in 0..18 {
        let word = seeded.word();
        bench.env(kind, word);
    }
    let offsets = [0u64, 1, 4, 31, 36, 0xffff, 0x1_0000, 0x3fff_ffff, 0x4000_0000, 0x7f00_0001, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 1 << 32, u64::MAX];
    for offset in offsets.into_iter().map(U256::from).chain(edges()) {
        // one word an offset: the last limb of the offset's hash would do as well
        let word = offset.wrapping_mul(U256::from(0x9e37_79b9_7f4a_7c15u64));
        bench.load(offset, word);
        bench.load(offset, word);
    }
    let (mock, table) = bench.finish();
    assert_eq!(mock.check("input", &InputAir, &table), None);
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&InputAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (WIDTH, 8, 79));
}

#[test]
fn each_cell_matters() {
    let (mock, table) = four();
    assert_eq!(mock.check("input", &InputAir, &table), None);
    let numbers = numbers(WIDTH);
    let c = InputCols::view(&numbers);
    // What a case does not use: on ENV rows the limbs from 2 on of an operand that is not looked up; the range and the inverse of other cases;
    // the frame's facts where they are not asked for (they still come from the FRAME look-up).
    for (row, column) in mock.accepted("input", &InputAir, &table, 0..4) {
        let idle = match row {
            0 => c.offset.limbs[2..].contains(&column) || column == c.bound || column == c.high_inverse,
            1 | 3 => column == c.high_inverse,
            _ => column == c.bound,
        };
        assert!(idle, "column {column} of row {row} is free");
    }
}

#[test]
fn rows_that_are_not_real_give_nothing() {
    let numbers = numbers(WIDTH);
    assert!(padding_rejects(&InputAir, InputCols::view(&numbers).uses));
}

/// Offsets that are equal to a small one mod 2^32, mod p, or in their lower limbs.
#[test]
fn offsets_do_not_alias() {
    let secret = U256::from(0xdead_beefu64);
    let p = U256::from(0x7f00_0001u64);
    for (offset, far, cause) in
        [(p + U256::from(4), false, name::RANGE), (U256::from((1u64 << 32) + 4), true, "11"), ((U256::ONE << 240usize) + U256::from(4), true, "11")]
    {
        let mut bench = Bench::new();
        bench.load(U256::from(4), secret);
        bench.load(offset, U256::ZERO);
        let (mut mock, table) = bench.finish();
        assert_eq!(mock.check("input", &InputAir, &table), None);
        // the second row asks the claim at 4 and gives its word to the readers
        let id = table.values[WIDTH..2 * WIDTH].to_vec();
        let mut forged = table.clone();
        let c = InputCols::view_mut(&mut forged.values[WIDTH..2 * WIDTH]);
        (c.far, c.beyond, c.near, c.word) = (F::ZERO, F::ZERO, F::ONE, limbs(secret));
        c.bound = c.offset.limbs[1] * F::from_u32(4);
        let honest = InputCols::view(&id);
        assert_eq!(honest.far == F::ONE, far);
        let (region, id) = (crate::testing::REGION, mock.context.rom.keys().copied().max().unwrap_or(0));
        let uses = mock.context.uses.get(&(region, id)).copied().unwrap_or(0) as i32;
        mock.owe(name::WIRE, with_limbs(&[region, id], U256::ZERO), -uses);
        mock.owe(name::WIRE, with_limbs(&[region, id], secret), uses);
        assert_eq!(mock.causes("input", &InputAir, &forged).into_iter().collect::<Vec<_>>(), [cause]);
    }
}

type Edit = fn(&mut InputCols<F>);

/// What stops a row of the honest table once it is edited, if others believe each message.
fn stopped(row: usize, edit: impl FnOnce(&mut InputCols<F>)) -> Vec<String> {
    let (_, table) = four();
    stopped_though_believed("input", &InputAir, &forged_row(&table, row, |cells| edit(InputCols::view_mut(cells))))
}

/// As [`stopped`], of two rows side by side.
fn stopped_both(edited: [(usize, Edit); 2]) -> Vec<String> {
    let (_, table) = four();
    let rows = edited.map(|(row, edit)| forged_row(&table, row, |cells| edit(InputCols::view_mut(cells))).values);
    stopped_though_believed("input", &InputAir, &RowMajorMatrix::new(rows.concat(), WIDTH))
}

/// Of each constraint on the cases a forgery that nothing else stops: cases that cancel make a row that is no instruction but speaks.
#[test]
fn each_constraint_on_the_cases_is_needed() {
    for row in 0..4 {
        assert_eq!(stopped(row, |_| ()), [""; 0]);
    }
    let zero = |c: &mut InputCols<F>| (c.uses, c.kind, c.offset.limbs[0], c.offset.limbs[1]) = (F::ZERO, F::ZERO, F::ZERO, F::ZERO);
    // an answer in the claim's place
    let answer = stopped(2, |c| {
        zero(c);
        c.env = -F::ONE;
    });
    assert_eq!(answer, ["0"]);
    // a wire that nobody gives, as an operand that is asked for -1 times: 0, or any multiple of 2^32
    let none: Edit = |c| {
        (c.near, c.uses, c.kind, c.offset.limbs, c.bound) = (-F::ONE, F::ZERO, F::ZERO, [F::ZERO; LIMBS], F::ZERO);
    };
    assert_eq!(stopped_both([(1, |c| (c.offset.limbs[1], c.bound) = (F::ZERO, F::ZERO)), (0, none)]), ["1"]);
    let wire = stopped(0, |c| {
        zero(c);
        (c.far, c.high_inverse, c.word) = (-F::ONE, F::ONE, [F::ZERO; LIMBS]);
        c.offset.limbs[2] = F::ONE;
    });
    assert_eq!(wire, ["2"]);
    // zeros for call data that is there, with the value out of range that a row counting -1 provides
    let zeros: Edit = |c| {
        (c.near, c.beyond, c.word, c.offset.limbs[1]) = (F::ZERO, F::ONE, [F::ZERO; LIMBS], F::ZERO);
        c.bound = -F::from_u32(1 << 14);
    };
    let provides: Edit = |c| {
        (c.beyond, c.uses, c.kind, c.word) = (-F::ONE, F::ZERO, F::ZERO, [F::ZERO; LIMBS]);
        c.bound = -F::from_u32(1 << 14);
    };
    assert_eq!(stopped_both([(1, zeros), (0, provides)]), ["3"]);
    // two instructions in a row
    let both = stopped(1, |c| {
        zero(c);
        (c.env, c.bound) = (F::ONE, F::ZERO);
    });
    assert_eq!(both, ["4"]);
    // a word of no instruction
    assert_eq!(stopped(0, |c| c.env = F::ZERO), ["5"]);
}

/// Of each constraint on the offset and the word a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_offset_is_needed() {
    // an offset of another region, or of none
    assert_eq!(stopped(1, |c| (c.offset.constant, c.offset.time) = (F::TWO, -c.state.region)), ["6"]);
    assert_eq!(stopped(1, |c| c.offset.time += F::ONE), ["7"]);
    // another kind's word, or another offset's: the key made of kind and offset
    assert_eq!(stopped(0, |c| (c.kind, c.offset.limbs[0]) = (c.kind - F::ONE, F::ONE)), ["8"]);
    assert_eq!(stopped(0, |c| (c.kind, c.offset.limbs[1]) = (c.kind - F::from_u32(1 << 16), F::ONE)), ["9"]);
    assert_eq!(stopped(1, |c| c.kind = F::from_u8(32)), ["10"]);
    // an offset whose upper limbs are left out, or of 2^30 or more, as a near one
    for limb in 2..LIMBS {
        assert_eq!(stopped(1, |c| c.offset.limbs[limb] = F::ONE), ["11"]);
    }
    assert_eq!(stopped(3, |c| (c.near, c.beyond) = (F::ONE, F::ZERO)), ["12"]);
    assert_eq!(stopped(3, |c| (c.near, c.beyond, c.bound) = (F::ONE, F::ZERO, c.offset.limbs[1] * F::from_u8(4))), ["range"]);
    // zeros for call data that is there
    let zeros = |c: &mut InputCols<F>| (c.near, c.word) = (F::ZERO, [F::ZERO; LIMBS]);
    let far = stopped(1, |c| {
        zeros(c);
        c.far = F::ONE;
    });
    assert_eq!(far, ["13"]);
    for (bound, cause) in [(F::ZERO, "14"), (F::ONE - F::from_u32(1 << 14), "range")] {
        let beyond = stopped(1, |c| {
            zeros(c);
            (c.beyond, c.bound) = (F::ONE, bound);
        });
        assert_eq!(beyond, [cause]);
    }
    // another word than 0 past all call data
    for limb in 0..LIMBS {
        for row in 2..4 {
            assert_eq!(stopped(row, |c| c.word[limb] = F::ONE), [(15 + limb).to_string()]);
        }
    }
}
