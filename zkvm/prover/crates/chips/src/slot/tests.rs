use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;

use super::{Slot, SlotAir, SlotCols, generate};
use crate::bus::{F, name, tag};
use crate::context::SlotState;
use crate::testing::{Mock, Seeded, numbers, padding_rejects, shape, with_limbs};
use crate::word::limbs;

const WIDTH: usize = SlotCols::<F>::WIDTH;

/// Slots with their claim rows; every other one was touched.
fn table(count: u32) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut seeded, mut slots) = (Mock::new(), Seeded::new(8), Vec::new());
    for handle in 0..count {
        let slot = Slot { account: handle / 3, key: seeded.word(), before: seeded.word() };
        let (mut time, mut mark, mut word) = (0, 0, slot.before);
        if handle % 2 == 0 {
            (time, mark, word) = (1000 + handle, 1 + handle % 4, seeded.word());
            mock.context.storage.insert(handle, SlotState { time, mark, word, original: slot.before });
            mock.context.slots.insert(handle, 3);
            // three rows that look it up
            mock.owe(name::SLOT, with_limbs(&[slot.account, handle], slot.key), 3);
        }
        mock.owe(name::CLAIM, with_limbs(&[tag::SLOT, handle, slot.account], slot.key), 1);
        mock.owe(name::CLAIM, with_limbs(&[tag::BEFORE, handle, 0], slot.before), 1);
        mock.owe(name::CLAIM, with_limbs(&[tag::AFTER, handle, 0], word), 1);
        // what the accesses between make of the first state
        if handle % 2 == 0 {
            mock.owe(name::STORAGE, with_limbs(&[handle, 0, 0], slot.before), -1);
            mock.owe(name::STORAGE, with_limbs(&[handle, time, mark], word), 1);
        }
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
    // an untouched slot that changes
    let mut forged = honest.clone();
    SlotCols::view_mut(&mut forged.values[WIDTH..2 * WIDTH]).after = limbs(U256::from(1));
    assert!(mock.forged("slot", &SlotAir, &forged).is_some());
    // the handle of another slot
    let mut forged = honest;
    SlotCols::view_mut(&mut forged.values[..WIDTH]).handle = F::ONE;
    assert!(mock.forged("slot", &SlotAir, &forged).is_some());
}
