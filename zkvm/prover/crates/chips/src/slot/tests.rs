use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;

use super::{Slot, SlotAir, SlotCols, generate};
use crate::bus::{F, name, tag};
use crate::context::SlotState;
use crate::testing::{Mock, Seeded, forged_row, numbers, padding_rejects, shape, stopped_though_believed, with_limbs};

const WIDTH: usize = SlotCols::<F>::WIDTH;

/// Slots with their claim rows, each touched.
fn table(count: u32) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut seeded, mut slots) = (Mock::new(), Seeded::new(8), Vec::new());
    for handle in 0..count {
        let slot = Slot { account: handle / 3, key: seeded.word(), before: seeded.word() };
        let (time, mark, word) = (1000 + handle, 1 + handle % 4, if handle % 2 == 0 { seeded.word() } else { slot.before });
        mock.context.storage.insert(handle, SlotState { time, mark, word, original: slot.before });
        mock.context.slots.insert(handle, 3);
        // three rows that look it up
        mock.owe(name::SLOT, with_limbs(&[slot.account, handle], slot.key), 3);
        mock.owe(name::CLAIM, with_limbs(&[tag::SLOT, handle, slot.account], slot.key), 1);
        mock.owe(name::CLAIM, with_limbs(&[tag::BEFORE, handle, 0], slot.before), 1);
        mock.owe(name::CLAIM, with_limbs(&[tag::AFTER, handle, 0], word), 1);
        // what the accesses between make of the first state
        mock.owe(name::STORAGE, with_limbs(&[handle, 0, 0], slot.before), -1);
        mock.owe(name::STORAGE, with_limbs(&[handle, time, mark], word), 1);
        slots.push(slot);
    }
    let table = generate(&slots, &mock.context).expect("rows");
    (mock, table)
}

#[test]
fn slots_begin_and_end_as_claimed() {
    for count in [1, 2, 3, 20] {
        let (mock, table) = table(count);
        assert_eq!(mock.check("slot", &SlotAir, &table), None);
    }
    assert!(generate(&[], &Mock::new().context).is_none());
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&SlotAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (WIDTH, 6, 113));
}

#[test]
fn each_cell_matters() {
    let (mock, table) = table(3);
    assert!(mock.accepted("slot", &SlotAir, &table, 0..3).is_empty());
}

#[test]
fn rows_that_are_not_real_give_nothing() {
    let numbers = numbers(WIDTH);
    assert!(padding_rejects(&SlotAir, SlotCols::view(&numbers).uses));
}

#[test]
fn slots_cannot_be_left_out_doubled_or_changed() {
    let (mock, honest) = table(3);
    // left out
    let mut forged = honest.clone();
    forged.values[WIDTH..2 * WIDTH].fill(F::ZERO);
    assert!(mock.forged("slot", &SlotAir, &forged).is_some());
    // doubled
    let mut forged = honest.clone();
    let row = honest.values[WIDTH..2 * WIDTH].to_vec();
    forged.values[3 * WIDTH..].copy_from_slice(&row);
    assert!(mock.forged("slot", &SlotAir, &forged).is_some());
    // the handle of another slot
    let mut forged = honest;
    SlotCols::view_mut(&mut forged.values[..WIDTH]).handle = F::ONE;
    assert!(mock.forged("slot", &SlotAir, &forged).is_some());
}

/// Of each constraint a forgery that nothing else stops, if others believe each message.
#[test]
fn each_constraint_is_needed() {
    let (_, honest) = table(1);
    let stopped = |edit: fn(&mut SlotCols<F>)| stopped_though_believed("slot", &SlotAir, &forged_row(&honest, 0, |cells| edit(SlotCols::view_mut(cells))));
    assert_eq!(stopped(|_| {}), [""; 0]);
    // a slot twice in one row
    assert_eq!(stopped(|c| (c.real, c.uses, c.inverse) = (F::TWO, F::ZERO, c.inverse.double())), ["0"]);
    // handles from a row that no claim has
    assert_eq!(stopped(|c| (c.real, c.inverse) = (F::ZERO, F::ZERO)), ["1"]);
    // a slot that no access touches
    assert_eq!(stopped(|c| c.time = F::ZERO), ["2"]);
}

/// The slot that the claim lists and nothing touches: its first state is its last, the word before is the word after.
#[test]
fn a_slot_that_nothing_touches_is_no_slot_of_the_claim() {
    let (mut mock, slot) = (Mock::new(), Slot { account: 0, key: U256::from(5), before: U256::from(9) });
    mock.owe(name::CLAIM, with_limbs(&[tag::SLOT, 0, 0], slot.key), 1);
    mock.owe(name::CLAIM, with_limbs(&[tag::BEFORE, 0, 0], slot.before), 1);
    mock.owe(name::CLAIM, with_limbs(&[tag::AFTER, 0, 0], slot.before), 1);
    let table = generate(&[slot], &mock.context).expect("a row");
    assert_eq!(mock.causes("slot", &SlotAir, &table).into_iter().collect::<Vec<_>>(), ["2"]);
}
