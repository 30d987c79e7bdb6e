use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use sol2zk_executor::trace::Status;

use super::{FrameAir, FrameCols, FrameEnd, FrameRows, sentry};
use crate::bus::F;
use crate::context::FrameInfo;
use crate::testing::{Mock, numbers, padding_rejects, shape, stopped_though_believed};

const WIDTH: usize = FrameCols::<F>::WIDTH;

/// Frames by outcome, gas left and whether their rows say that no SSTORE needs its check.
fn bench(frames: &[(Status, u64, bool)]) -> (Mock, RowMajorMatrix<F>) {
    let mut mock = Mock::new();
    let mut rows = FrameRows::default();
    for (call, &(status, left, sentry)) in (0_u32..).zip(frames) {
        let entry = 4 + 400 * call;
        mock.context.frame_info.insert(entry, FrameInfo { call, account: 1, doomed: status != Status::Success, sentry });
        mock.context.frames.insert(entry, 3);
        let (end, doomed) = (entry + 200, status != Status::Success);
        let exit = end + if doomed { 40 } else { 4 };
        let length = if status == Status::Halt { 0 } else { 0x1_0020 };
        let last_undo = (status == Status::Revert).then_some(entry + 8);
        rows.push(&FrameEnd { entry, program: 7, given: 1 << 33, left, status, end, gas: 900, words: 3, length, exit, last_undo }, &mut mock.context);
    }
    let table = rows.finish(&mock.context, &frames.iter().enumerate().map(|(call, _)| (4 + 400 * call as u32, 1)).collect()).unwrap();
    mock.settle("frame", &FrameAir, &table);
    (mock, table)
}

const FRAMES: [(Status, u64, bool); 5] =
    [(Status::Success, 5000, true), (Status::Revert, 1 << 20, true), (Status::Success, 100, false), (Status::Halt, 0, true), (Status::Revert, 2300, false)];

#[test]
fn no_cell_but_unread_ones_can_be_changed() {
    let (mock, table) = bench(&FRAMES);
    assert!(mock.causes("frame", &FrameAir, &table).is_empty());
    let numbers = numbers(WIDTH);
    let view = FrameCols::view(&numbers);
    for (row, column) in mock.accepted("frame", &FrameAir, &table, 0..FRAMES.len()) {
        let (status, left, told) = FRAMES[row];
        // the inverse is read where the upper limbs of `left` are what a row's flag rests on, the bound where writes are undone
        let unread = column == view.inverse && !(told && status != Status::Halt && left >> 16 != 0) || column == view.bound && status == Status::Success;
        assert!(unread, "row {row}, column {column}");
    }
    println!("{:?}", shape(&FrameAir));
}

#[test]
fn rows_that_are_not_real_say_nothing() {
    let numbers = numbers(WIDTH);
    let view = FrameCols::view(&numbers);
    assert!([view.uses, view.given_uses, view.sentry, view.sentry_low].into_iter().all(|column| padding_rejects(&FrameAir, column)));
}

/// A frame of this outcome whose row others believe, but for one cell that a forger wants otherwise: what alone stops it.
fn stops(frame: (Status, u64, bool), edit: impl FnOnce(&mut FrameCols<F>)) -> Vec<String> {
    let (_, mut table) = bench(&[frame]);
    edit(FrameCols::view_mut(&mut table.values[..WIDTH]));
    stopped_though_believed("frame", &FrameAir, &table)
}

/// Of each constraint a forgery that nothing else stops, whatever the other chips believe.
#[test]
fn each_constraint_is_needed() {
    // a row that is two outcomes
    assert_eq!(stops((Status::Success, 100, false), |row| (row.is_revert, row.uses, row.given_uses) = (F::ONE, F::ZERO, F::ZERO)), ["3"]);
    // gas left, or an output, of a frame that halts
    for limb in 0..4 {
        assert_eq!(stops((Status::Halt, 0, true), |row| row.left[limb] = F::ONE), [(4 + limb).to_string()]);
    }
    assert_eq!(stops((Status::Halt, 0, true), |row| row.length_low = F::ONE), ["8"]);
    assert_eq!(stops((Status::Halt, 0, true), |row| row.length_high = F::ONE), ["9"]);
    // no check needed, it says, with 2300 gas left, or 100: by the upper limbs, by the lowest, or by nothing
    assert_eq!(stops((Status::Success, 2300, false), |row| (row.sentry, row.sentry_high) = (F::ONE, F::ONE)), ["14"]);
    assert_eq!(stops((Status::Success, 2300, false), |row| (row.sentry, row.sentry_low) = (F::ONE, F::ONE)), ["range"]);
    assert_eq!(stops((Status::Success, 2300, false), |row| row.sentry = F::ONE), ["13"]);
    assert!(sentry(Status::Success, 2301) && !sentry(Status::Success, 2300));
    // the next call starts before or long after this one ends
    assert_eq!(stops((Status::Success, 5000, true), |row| row.exit += F::ONE), ["15"]);
    assert!(FrameCols::view(&bench(&FRAMES).1.values[WIDTH..2 * WIDTH]).inverse.try_inverse().is_some());
}
