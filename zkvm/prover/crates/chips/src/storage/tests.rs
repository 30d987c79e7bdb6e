use std::collections::{BTreeMap, BTreeSet};

use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{StorageAir, StorageCols, StorageRows, supports};
use crate::bus::{F, name};
use crate::columns::LIMBS;
use crate::context::{FrameInfo, SlotState};
use crate::evaluate::{Balance, Violation, evaluate};
use crate::testing::{Mock, Seeded, forged_row, numbers, padding_rejects, shape, stopped_though_believed, with_limbs};

mod needed;

const WIDTH: usize = StorageCols::<F>::WIDTH;
const OSAKA: u8 = 14;
const ACCOUNT: u32 = 2;

/// A slot as the tests believe in it: word, time, mark, word at the start of the call, whether the call touched it.
#[derive(Clone, Copy, Default)]
struct Believed {
    word: U256,
    time: u32,
    mark: u32,
    original: U256,
    warm: bool,
}

struct Bench {
    fork: u8,
    mock: Mock,
    rows: StorageRows,
    slots: BTreeMap<u32, (U256, Believed)>,
    call: u32,
    frame: u32,
}

impl Bench {
    fn new(fork: u8, slots: &[(U256, U256)]) -> Self {
        let mut mock = Mock::new();
        mock.context.fork = fork;
        let mut believed = BTreeMap::new();
        for (handle, &(key, word)) in (0..).zip(slots) {
            mock.context.handles.insert((ACCOUNT, key), handle);
            mock.context.storage.insert(handle, SlotState { time: 0, mark: 0, word, original: word });
            mock.owe(name::STORAGE, with_limbs(&[handle, 0, 0], word), 1);
            believed.insert(handle, (key, Believed { word, ..Believed::default() }));
        }
        Self { fork, mock, rows: StorageRows::new(fork), slots: believed, call: 0, frame: 0 }
    }

    /// The next steps are of a frame of its own call.
    fn call(&mut self, call: u32, doomed: bool, sentry: bool) {
        (self.call, self.frame) = (call, 4 + 100 * call);
        self.mock.context.frame_info.insert(self.frame, FrameInfo { call, account: ACCOUNT, doomed, sentry });
        for (_, slot) in self.slots.values_mut() {
            (slot.original, slot.warm) = (slot.word, false);
        }
    }

    fn load(&mut self, handle: u32) {
        let (key, slot) = self.slots.get_mut(&handle).expect("a slot");
        let surcharge = if self.fork >= 8 && !slot.warm { 2000 } else { 0 };
        let (frame, word) = (self.frame, slot.word);
        let step = self.mock.chained(isa::SLOAD, &[*key], 0, 100, |step| {
            (step.frame, step.result) = (frame, word);
            step.charge += surcharge;
        });
        (slot.time, slot.mark, slot.warm) = (step.clk, self.call + 1, true);
        self.rows.push(&step, &mut self.mock.context);
    }

    /// A store with `left` gas after its field; none: plenty.
    fn store(&mut self, handle: u32, word: U256, left: Option<i64>) {
        let info = self.mock.context.frame_info[&self.frame];
        let left = left.unwrap_or(1 << 40);
        let traps = self.fork >= 7 && left <= 2300;
        let (key, slot) = self.slots.get_mut(&handle).expect("a slot");
        let dynamic = if traps { 0 } else { store_gas(self.fork, slot, word) };
        let frame = self.frame;
        let step = self.mock.chained(isa::SSTORE, &[*key, word], 0, 11, |step| {
            step.frame = frame;
            step.charge += dynamic;
            if traps {
                step.next = 0;
            }
        });
        let after = step.gas + 11;
        let memory = 3 * 9;
        self.mock.context.gas_given.insert(frame, (after as i64 + memory + left) as u64);
        let queries = self.mock.context.gas_left.clone();
        self.rows.push(&step, &mut self.mock.context);
        if self.mock.context.gas_left != queries {
            let mut message = vec![frame, after as u32, 9, u32::from(left < 0)];
            message.extend((0..4).map(|i| (left.unsigned_abs() >> (16 * i)) as u32 & 0xffff));
            self.mock.offer(name::GAS_LEFT, message, 1);
        }
        if traps {
            return;
        }
        if info.doomed {
            self.mock.owe(name::UNDO, with_limbs(&[frame, step.clk + 1, handle], slot.word), -1);
        }
        *slot = Believed { word, time: step.clk + 1, mark: self.call + 1, original: slot.original, warm: true };
    }

    fn finish(mut self) -> (Mock, StorageAir, RowMajorMatrix<F>) {
        for (&handle, &(key, slot)) in &self.slots {
            self.mock.owe(name::STORAGE, with_limbs(&[handle, slot.time, slot.mark], slot.word), -1);
            let count = self.mock.context.slots.get(&handle).copied().unwrap_or(0);
            self.mock.offer(name::SLOT, with_limbs(&[ACCOUNT, handle], key), count);
        }
        for (&frame, info) in &self.mock.context.frame_info.clone() {
            let count = self.mock.context.frames.get(&frame).copied().unwrap_or(0);
            self.mock.offer(name::FRAME, vec![frame, info.call, info.account, info.doomed.into(), info.sentry.into()], count);
        }
        (self.mock, StorageAir { fork: self.fork }, self.rows.finish().expect("rows"))
    }
}

/// The gas of SSTORE as the Yellow Paper, EIP-1283, EIP-2200 and EIP-2929 say it.
fn store_gas(fork: u8, slot: &Believed, new: U256) -> u64 {
    let (set, reset, load, cold) = match fork {
        0..=4 | 6 => return if slot.word.is_zero() && !new.is_zero() { 20_000 } else { 5000 },
        5 => (20_000, 5000, 200, 0),
        7 => (20_000, 5000, 800, 0),
        _ => (20_000, 5000 - 2100, 100, 2100),
    };
    let surcharge = if slot.warm { 0 } else { cold };
    surcharge
        + if slot.word == new {
            load
        } else if slot.original == slot.word {
            if slot.original.is_zero() { set } else { reset }
        } else {
            load
        }
}

fn keys() -> Vec<(U256, U256)> {
    let mut seeded = Seeded::new(21);
    vec![
        (U256::ZERO, U256::ZERO),
        (U256::ONE, U256::from(9)),
        (seeded.random(), seeded.random()),
        (seeded.random(), U256::ZERO),
        (U256::MAX, U256::ONE << 255usize),
    ]
}

#[test]
fn every_rule_set_prices_and_stores_as_its_text_says() {
    for fork in 0..isa::FORKS.len() as u8 {
        let mut seeded = Seeded::new(u64::from(fork));
        let mut bench = Bench::new(fork, &keys());
        for call in 0..6 {
            bench.call(call, call % 3 == 1, call % 2 == 0);
            for _ in 0..30 {
                let handle = seeded.below(5) as u32;
                let slot = bench.slots[&handle].1;
                let words = [U256::ZERO, slot.word, slot.original, seeded.word(), slot.word ^ (U256::ONE << 16usize)];
                if seeded.below(3) == 0 {
                    bench.load(handle);
                } else {
                    bench.store(handle, words[seeded.below(5) as usize], None);
                }
            }
        }
        let (mock, air, table) = bench.finish();
        assert_eq!(mock.check("storage", &air, &table), None, "rule set {fork}");
    }
}

#[test]
fn stores_near_the_stipend_halt_from_istanbul_on() {
    for fork in [4, 5, 6, 7, 8, OSAKA] {
        for left in [-5000, -1, 0, 1, 2299, 2300, 2301, 2302, 65535, 65536, 1 << 32] {
            // a frame that halts has the flag and proves the trap all the same
            for flag in [false, true] {
                let mut bench = Bench::new(fork, &keys());
                bench.call(0, false, flag);
                bench.store(1, U256::from(4), Some(left));
                let (mock, air, table) = bench.finish();
                assert_eq!(mock.check("storage", &air, &table), None, "rule set {fork}, gas left {left}");
            }
        }
    }
}

#[test]
fn shape_is_as_stated() {
    let of = |fork| {
        let shape = shape(&StorageAir { fork });
        (shape.columns, shape.interactions, shape.fields)
    };
    assert_eq!(of(OSAKA), (WIDTH, 16, 164));
    assert_eq!(of(5), (WIDTH, 14, 155));
    assert_eq!(of(4), (WIDTH, 13, 137));
    assert!(supports(OSAKA, isa::SSTORE) && supports(0, isa::SLOAD) && !supports(OSAKA, isa::TLOAD) && !supports(15, isa::SLOAD));
}

/// All kinds of row, in a doomed frame without the flag: cold load, warm load, cold update, dirty, unchanged, create (ample gas), update (tight), trap, trap (negative).
fn kinds(fork: u8) -> (Mock, StorageAir, RowMajorMatrix<F>) {
    let mut bench = Bench::new(fork, &keys());
    bench.call(3, true, false);
    bench.load(1);
    bench.load(1);
    bench.store(2, U256::from(5), None);
    bench.store(2, U256::from(6), None);
    bench.store(2, U256::from(6), None);
    bench.store(3, U256::from(7), Some(1 << 20));
    bench.store(1, U256::from(8), Some(3000));
    bench.store(1, U256::from(1), Some(2000));
    bench.store(1, U256::from(1), Some(-5));
    bench.finish()
}

#[test]
fn each_cell_matters() {
    let (mock, air, table) = kinds(OSAKA);
    assert_eq!(mock.check("storage", &air, &table), None);
    let numbers = numbers(WIDTH);
    let c = StorageCols::view(&numbers);
    let check = |limbs: &[usize; 4]| [&limbs[..], &[c.left_inverse, c.margin]].concat();
    // What a kind of row does not use, beside: weights where the words are equal in that limb, or which no kind reads.
    let idle = |row: usize| -> Vec<usize> {
        let mut idle = c.weights.to_vec();
        // The original is read where a price depends on it: on the call's first access (= old), on clean and dirty stores.
        if [1, 4, 7, 8].contains(&row) {
            idle.extend(c.original);
        }
        if ![2, 6].contains(&row) {
            idle.push(c.old_inverse);
        }
        // mark - call - 1 is inverted on first accesses
        if ![0, 2, 5].contains(&row) {
            idle.push(c.mark_inverse);
        }
        match row {
            // loads ask for no gas
            0 | 1 => idle.extend(check(&c.left)),
            // `ample`: the margin is free; `tight`, a trap: the inverse of the upper limbs
            2..=5 => idle.push(c.margin),
            6 => idle.push(c.left_inverse),
            // A trap accesses nothing: it has no slot, no access before, no word before. Its doomed flag and account come from the FRAME look-up.
            _ => {
                idle.extend([c.handle, c.previous.time, c.previous.gap_low, c.previous.gap_high, c.mark, c.left_inverse]);
                idle.extend(c.old);
                if row == 8 {
                    idle.push(c.margin);
                }
            }
        }
        idle
    };
    let mut free = BTreeSet::new();
    for (row, column) in mock.accepted("storage", &air, &table, 0..9) {
        if !idle(row).contains(&column) {
            free.insert((row, column));
        }
    }
    assert!(free.is_empty(), "free cells {free:?}");
}

#[test]
fn rows_that_are_not_real_give_nothing() {
    let numbers = numbers(WIDTH);
    for fork in [0, 5, OSAKA] {
        let air = StorageAir { fork };
        let c = StorageCols::view(&numbers);
        for column in [c.uses, c.undone, c.cold] {
            assert!(padding_rejects(&air, column));
        }
        assert!(fork == 0 || padding_rejects(&air, c.original_uses) && padding_rejects(&air, c.asks));
        assert!(fork < 7 || padding_rejects(&air, c.ample) && padding_rejects(&air, c.tight));
    }
}

/// Edits a row; the state that follows moves with the price that the row then claims, so that only the chip's own constraints can object.
fn forge(fork: u8, row: usize, edit: impl FnOnce(&mut StorageCols<F>)) -> Option<Violation> {
    let (mut mock, air, mut table) = kinds(fork);
    let c = StorageCols::view_mut(&mut table.values[row * WIDTH..(row + 1) * WIDTH]);
    let rules = super::Rules::of(fork);
    let sent = |c: &StorageCols<F>| {
        let s = &c.state;
        let price = c.charge
            + c.cold * F::from_u32(rules.cold_load)
            + c.cold_store * (F::from_u32(rules.cold_store) - F::from_u32(rules.cold_load))
            + (c.unchanged + c.dirty) * F::from_u32(rules.unchanged)
            + c.create * F::from_u32(rules.create)
            + c.update * F::from_u32(rules.update);
        [c.next, s.frame, s.region, s.clk + F::from_u32(4), s.gas + price, s.words].map(|cell| cell.as_canonical_u32()).to_vec()
    };
    let before = sent(c);
    edit(c);
    let after = sent(c);
    mock.owe(name::CHAIN, before, 1);
    mock.owe(name::CHAIN, after, -1);
    mock.forged("storage", &air, &table)
}

/// Each kind of store told as each other kind, with whatever witness helps.
#[test]
fn no_store_pays_another_price() {
    let set = |c: &mut StorageCols<F>, kind: usize| {
        let cells = [&mut c.unchanged, &mut c.dirty, &mut c.create, &mut c.update];
        for (i, cell) in cells.into_iter().enumerate() {
            *cell = F::from_bool(i == kind);
        }
    };
    for fork in [0, 5, 7, OSAKA] {
        for row in 2..7 {
            let (_, _, table) = kinds(fork);
            let c = StorageCols::view(&table.values[row * WIDTH..(row + 1) * WIDTH]);
            let honest = [c.unchanged, c.dirty, c.create, c.update].iter().position(|&flag| flag == F::ONE);
            for kind in 0..4 {
                let result = forge(fork, row, |c| {
                    set(c, kind);
                    for (i, weight) in c.weights.iter_mut().enumerate() {
                        let difference = if kind == 1 { c.old[i] - c.original[i] } else { c.old[i] - c.word[i] };
                        *weight = difference.try_inverse().unwrap_or(F::ZERO);
                    }
                    // one weight is enough
                    let first = c.weights.iter().position(|&weight| weight != F::ZERO);
                    for (i, weight) in c.weights.iter_mut().enumerate() {
                        if Some(i) != first {
                            *weight = F::ZERO;
                        }
                    }
                    c.old_inverse = c.old.iter().copied().sum::<F>().try_inverse().unwrap_or(F::ZERO);
                    c.asks = F::from_bool(kind != 0) * (F::ONE - c.cold);
                });
                assert_eq!(result.is_none(), Some(kind) == honest, "rule set {fork}, row {row} as kind {kind}: {result:?}");
            }
        }
    }
}

/// An original that the call did not find.
#[test]
fn originals_are_found_not_made() {
    // row 3 is dirty; with original = old it would be clean
    let result = forge(OSAKA, 3, |c| {
        c.original = c.old;
        (c.dirty, c.update) = (F::ZERO, F::ONE);
        c.old_inverse = c.old.iter().copied().sum::<F>().inverse();
        c.weights = [F::ZERO; 16];
        c.weights[0] = (c.old[0] - c.word[0]).inverse();
    });
    assert!(matches!(&result, Some(Violation::Bus { bus, .. }) if bus == name::ORIGINAL), "{result:?}");
    // and it does not help to provide it itself
    assert!(forge(OSAKA, 3, |c| c.original_uses = F::ONE).is_some());
}
