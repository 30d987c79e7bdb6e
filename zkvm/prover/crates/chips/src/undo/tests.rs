use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{FIRST_BOUND, UndoAir, UndoCols, UndoRows};
use crate::bus::{F, name};
use crate::context::{FrameInfo, SlotState};
use crate::evaluate::{Balance, Violation, evaluate};
use crate::slot::{self, Slot, SlotAir};
use crate::storage::{StorageAir, StorageRows};
use crate::testing::{Mock, Seeded, forged_row, shape, stopped_though_believed, with_limbs};

const WIDTH: usize = UndoCols::<F>::WIDTH;
const FRAME: u32 = 12;

/// A doomed frame that stored `words` in turn to slots 0 and 1, first the handle, and what others say about it.
fn table(stores: &[(u32, U256)]) -> (Mock, RowMajorMatrix<F>) {
    let mut mock = Mock::new();
    let mut states = [U256::from(11), U256::from(12)].map(|word| SlotState { time: 0, mark: 0, word, original: word });
    let begun = states;
    for (time, &(handle, word)) in (101..).step_by(4).zip(stores) {
        let state = &mut states[handle as usize];
        mock.context.undo.push((FRAME, time, handle, state.word));
        mock.owe(name::UNDO, with_limbs(&[FRAME, time, handle], state.word), 1);
        *state = SlotState { time, mark: 1, word, original: state.original };
    }
    // a record of another frame stays
    mock.context.undo.push((99, 90, 0, U256::ONE));
    for (handle, state) in (0..).zip(states) {
        mock.context.storage.insert(handle, state);
        mock.owe(name::STORAGE, with_limbs(&[handle, state.time, state.mark], state.word), 1);
    }
    let mut rows = UndoRows::default();
    let (exit, bound) = rows.push_frame(FRAME, 1000, &mut mock.context);
    assert_eq!(exit, 1000 + 4 * stores.len() as u32);
    assert_eq!(mock.context.undo, [(99, 90, 0, U256::ONE)]);
    mock.owe(name::UNDO_CHAIN, vec![FRAME, 1000, FIRST_BOUND], 1);
    mock.owe(name::UNDO_CHAIN, vec![FRAME, exit, bound], -1);
    for (handle, before) in (0..).zip(begun) {
        let state = mock.context.storage[&handle];
        assert_eq!(state.word, before.word);
        mock.owe(name::STORAGE, with_limbs(&[handle, state.time, state.mark], state.word), -1);
    }
    (mock, rows.finish().expect("rows"))
}

fn four() -> (Mock, RowMajorMatrix<F>) {
    table(&[(0, U256::from(1)), (1, U256::MAX), (0, U256::from(2)), (0, U256::from(3))])
}

#[test]
fn words_come_back_in_reverse() {
    let mut seeded = Seeded::new(12);
    let stores: Vec<_> = (0..50).map(|_| (seeded.below(2) as u32, seeded.word())).collect();
    for count in [1, 2, 7, 50] {
        let (mock, table) = table(&stores[..count]);
        assert_eq!(mock.check("undo", &UndoAir, &table), None);
    }
}

#[test]
fn a_frame_without_stores_has_no_rows() {
    let (mut mock, mut rows) = (Mock::new(), UndoRows::default());
    assert_eq!(rows.push_frame(FRAME, 1000, &mut mock.context), (1000, FIRST_BOUND));
    assert!(rows.finish().is_none());
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&UndoAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (WIDTH, 11, 69));
}

#[test]
fn each_cell_matters() {
    let (mock, table) = four();
    assert!(mock.accepted("undo", &UndoAir, &table, 0..4).is_empty());
}

/// Records taken in the order of the stores: everything balances but the ranges of the bounds.
#[test]
fn order_cannot_be_changed() {
    let (mut mock, mut table) = table(&[(0, U256::from(1)), (1, U256::from(2))]);
    let (first, second) = table.values.split_at_mut(WIDTH);
    let (a, b) = (UndoCols::view_mut(first), UndoCols::view_mut(second));
    // slots 0 and 1 are independent: only the chain says which comes first
    core::mem::swap(&mut a.clk, &mut b.clk);
    let shift = F::from_u32(4);
    (a.previous.gap_low, b.previous.gap_low) = (a.previous.gap_low + shift, b.previous.gap_low - shift);
    (a.bound, b.bound) = (b.record.time, F::from_u32(FIRST_BOUND));
    let gap = FIRST_BOUND - 101 - 1;
    (b.record.gap_low, b.record.gap_high) = (F::from_u32(gap & 0xffff), F::from_u32(gap >> 16));
    (a.record.gap_low, a.record.gap_high) = (a.bound - a.record.time - F::ONE, F::ZERO);
    for (handle, before, after) in [(0, 1005, 1001), (1, 1001, 1005)] {
        let word = mock.context.storage[&handle].word;
        mock.owe(name::STORAGE, with_limbs(&[handle, before, 1], word), 1);
        mock.owe(name::STORAGE, with_limbs(&[handle, after, 1], word), -1);
    }
    mock.owe(name::UNDO_CHAIN, vec![FRAME, 1008, 101], 1);
    mock.owe(name::UNDO_CHAIN, vec![FRAME, 1008, 105], -1);
    let violation = mock.forged("undo", &UndoAir, &table);
    assert!(matches!(&violation, Some(Violation::Bus { bus, .. }) if bus == name::RANGE), "{violation:?}");
}

#[test]
fn stores_cannot_be_kept() {
    let (mock, honest) = four();
    for row in 0..4 {
        let mut forged = honest.clone();
        forged.values[row * WIDTH..(row + 1) * WIDTH].fill(F::ZERO);
        assert!(mock.forged("undo", &UndoAir, &forged).is_some());
    }
    let mut forged = honest.clone();
    let c = UndoCols::view_mut(&mut forged.values[..WIDTH]);
    c.old = c.current;
    assert!(mock.forged("undo", &UndoAir, &forged).is_some());
}

/// What stops a row of the honest table once it is edited, if others believe each message.
fn stopped(edit: impl FnOnce(&mut UndoCols<F>)) -> Vec<String> {
    stopped_though_believed("undo", &UndoAir, &forged_row(&four().1, 1, |cells| edit(UndoCols::view_mut(cells))))
}

/// Of each constraint a forgery that nothing else stops, if others believe each message.
#[test]
fn each_constraint_is_needed() {
    let (far, high) = (F::from_u32(1 << 29), F::from_u32(1 << 13));
    assert_eq!(stopped(|_| ()), [""; 0]);
    // a store undone twice
    assert_eq!(stopped(|c| c.real = F::TWO), ["0"]);
    // the last store undone after one before it, told as a lower time, a gap that is negative, or too large
    assert_eq!(stopped(|c| c.bound = c.record.time), ["1"]);
    assert_eq!(stopped(|c| (c.bound, c.record.gap_low, c.record.gap_high) = (c.record.time, -F::ONE, F::ZERO)), ["range"]);
    assert_eq!(stopped(|c| (c.record.time, c.record.gap_low, c.record.gap_high) = (c.bound - F::ONE - far, F::ZERO, high)), ["range"]);
    // a word taken from a state that comes later
    assert_eq!(stopped(|c| c.previous.time = c.clk + F::ONE), ["2"]);
    assert_eq!(stopped(|c| (c.previous.time, c.previous.gap_low, c.previous.gap_high) = (c.clk + F::ONE, -F::ONE, F::ZERO)), ["range"]);
    assert_eq!(stopped(|c| (c.previous.time, c.previous.gap_low, c.previous.gap_high) = (c.clk - far, F::ZERO, high)), ["range"]);
}

/// Three calls over storage, undo and slot together: a doomed one between two that succeed. The second and third find the words of the first.
#[test]
fn storage_undo_and_slots_balance() {
    let key = |i: u64| U256::from(i) << 200usize;
    let slots: Vec<Slot> = (0..3).map(|i| Slot { account: 0, key: key(i), before: U256::from(i) }).collect();
    let mut mock = Mock::new();
    for (handle, slot) in (0..).zip(&slots) {
        mock.context.handles.insert((0, slot.key), handle);
        mock.context.storage.insert(handle, SlotState { time: 0, mark: 0, word: slot.before, original: slot.before });
    }
    let (mut storage, mut undo) = (StorageRows::new(mock.context.fork), UndoRows::default());
    let mut seeded = Seeded::new(30);
    let mut words: Vec<U256> = slots.iter().map(|slot| slot.before).collect();
    for call in 0..3 {
        let (frame, doomed) = (20 + call, call == 1);
        mock.context.frame_info.insert(frame, FrameInfo { call, account: 0, doomed, sentry: true });
        let begun = words.clone();
        let mut last = 0;
        for i in 0..12 {
            let slot = i % 3;
            let (op, operands) = if i % 4 == 0 { (isa::SLOAD, vec![key(slot)]) } else { (isa::SSTORE, vec![key(slot), U256::from(seeded.below(3))]) };
            let step = mock.chained(op, &operands, 0, 0, |step| {
                step.frame = frame;
                step.result = words[slot as usize];
            });
            if op == isa::SSTORE {
                words[slot as usize] = operands[1];
            }
            last = step.clk;
            storage.push(&step, &mut mock.context);
        }
        // undo rows take the ticks of the frame's end; the mock's next step starts later
        if doomed {
            let start = last + 4;
            let (exit, bound) = undo.push_frame(frame, start, &mut mock.context);
            mock.owe(name::UNDO_CHAIN, vec![frame, start, FIRST_BOUND], 1);
            mock.owe(name::UNDO_CHAIN, vec![frame, exit, bound], -1);
            words = begun;
            while mock.chained(isa::CHARGE, &[], 0, 0, |_| {}).clk < exit {}
        }
    }
    let (air, slot_table) = (StorageAir { fork: mock.context.fork }, slot::generate(&slots, &mock.context).expect("slots"));
    let mut balance = Balance::new();
    assert_eq!(evaluate("storage", &air, &storage.finish().expect("rows"), &mut balance), None);
    assert_eq!(evaluate("undo", &UndoAir, &undo.finish().expect("rows"), &mut balance), None);
    assert_eq!(evaluate("slot", &SlotAir, &slot_table, &mut balance), None);
    // between these tables the storage, slot, undo and original buses close; the chain of undo rows meets the frame's row
    for ((bus, message), count) in &balance {
        let closed = [name::STORAGE, name::SLOT, name::UNDO, name::ORIGINAL].contains(&bus.as_str());
        assert!(!closed || *count == F::ZERO, "{bus} {message:?}");
    }
    for (handle, (slot, word)) in (0..).zip(slots.iter().zip(&words)) {
        let claimed = with_limbs(&[crate::bus::tag::AFTER, handle, 0], *word);
        assert_eq!(balance[&(name::CLAIM.to_owned(), claimed)], -F::ONE, "slot {slot:?} ends as the calls that succeed leave it");
    }
}
