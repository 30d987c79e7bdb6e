use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{InputAir, InputCols, InputRows};
use crate::bus::{F, name, tag};
use crate::context::FrameInfo;
use crate::testing::{FRAME, Mock, Seeded, edges, numbers, padding_rejects, shape, with_limbs};
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
    for (offset, far) in [(p + U256::from(4), false), (U256::from((1u64 << 32) + 4), true), ((U256::ONE << 240usize) + U256::from(4), true)] {
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
        assert!(mock.forged("input", &InputAir, &forged).is_some());
    }
}

/// Call data that is there told as zeros.
#[test]
fn near_words_are_not_zeros() {
    let (mock, table) = four();
    for reason in 0..2 {
        let mut forged = table.clone();
        let c = InputCols::view_mut(&mut forged.values[WIDTH..2 * WIDTH]);
        (c.near, c.word) = (F::ZERO, limbs(U256::ZERO));
        if reason == 0 {
            c.far = F::ONE;
        } else {
            c.beyond = F::ONE;
            c.bound = c.offset.limbs[1] - F::from_u32(1 << 14);
        }
        c.high_inverse = F::TWO.inverse();
        assert!(mock.forged("input", &InputAir, &forged).is_some());
    }
    // another kind's word: the key made of kind and offset
    let mut forged = table;
    let c = InputCols::view_mut(&mut forged.values[..WIDTH]);
    c.offset.limbs[0] = F::ONE;
    c.kind -= F::ONE;
    assert!(mock.forged("input", &InputAir, &forged).is_some());
}
