use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use sol2zk_executor::trace::Status;

use super::air::UNDO_BOUND;
use super::{FrameAir, FrameCols, FrameEnd, FrameRows, sentry};
use crate::bus::{F, name, tag};
use crate::context::FrameInfo;
use crate::testing::{Mock, numbers, padding_rejects, shape, stopped_though_believed};

const WIDTH: usize = FrameCols::<F>::WIDTH;

/// Frames by outcome, gas left and whether their rows say that no SSTORE needs its check.
fn run(frames: &[(Status, u64, bool)]) -> (Mock, RowMajorMatrix<F>) {
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
    (mock, table)
}

/// The same, when others believe it.
fn bench(frames: &[(Status, u64, bool)]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, table) = run(frames);
    mock.settle("frame", &FrameAir, &table);
    (mock, table)
}

const FRAMES: [(Status, u64, bool); 5] =
    [(Status::Success, 5000, true), (Status::Revert, 1 << 20, true), (Status::Success, 100, false), (Status::Halt, 0, false), (Status::Revert, 2300, false)];

/// What the claim, the instructions, the gas chip and the undo chain say of the same frames.
#[test]
fn frames_are_what_the_claim_asks_and_the_rows_did() {
    let (mut mock, table) = run(&FRAMES);
    let claim = |head: [u32; 3], limbs: &[u32]| -> Vec<u32> { head.into_iter().chain((0..16).map(|i| limbs.get(i).copied().unwrap_or(0))).collect() };
    for (call, (status, left, sentry)) in (0..).zip(FRAMES) {
        let (entry, end) = (4 + 400 * call, 204 + 400 * call);
        let (number, length, bound) = match status {
            Status::Success => (0, 0x1_0020, None),
            Status::Revert => (1, 0x1_0020, Some(entry + 8)),
            Status::Halt => (2, 0, Some(UNDO_BOUND)),
        };
        let (doomed, exit) = bound.map_or((0, end + 4), |_| (1, end + 40));
        let left = [(left & 0xffff) as u32, (left >> 16) as u32, 0, 0];
        mock.owe(name::CLAIM, claim([tag::CALL, call, 7], &[0, 0, 2, 0, 1, doomed]), 1);
        mock.owe(name::CLAIM, claim([tag::RESULT, call, end], &[left[0], left[1], 0, 0, number, length & 0xffff, length >> 16]), 1);
        mock.owe(name::CLAIM, claim([tag::TURN, call, entry], &[]), 1);
        mock.owe(name::CLAIM, claim([tag::TURN, call + 1, exit], &[]), -1);
        mock.owe(name::CHAIN, vec![7, entry, entry, entry + 4, 0, 0], -1);
        mock.owe(name::END, vec![entry, number, end, 900, 3, length], 1);
        if status != Status::Halt {
            mock.offer(name::GAS_LEFT, [entry, 900, 3, 0].into_iter().chain(left).collect(), 1);
        }
        if let Some(bound) = bound {
            mock.owe(name::UNDO_CHAIN, vec![entry, end + 4, UNDO_BOUND], -1);
            mock.owe(name::UNDO_CHAIN, vec![entry, exit, bound], 1);
        }
        mock.owe(name::FRAME, vec![entry, call, 1, doomed, u32::from(sentry)], 3);
        mock.owe(name::GIVEN, vec![entry, 0, 0, 2, 0], 1);
    }
    assert_eq!(mock.check("frame", &FrameAir, &table), None);
}

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
    let (one, zero) = (F::ONE, F::ZERO);
    for frame in FRAMES {
        assert_eq!(stops(frame, |_| ()), [""; 0]);
    }
    // a chain of undo rows of no frame: a revert less a success
    assert_eq!(stops((Status::Revert, 100, false), |row| (row.is_success, row.uses, row.given_uses) = (-one, zero, zero)), ["0"]);
    // gas 0 left said of another frame, which is out of gas, by a row that is no frame: a halt less a revert
    assert_eq!(stops((Status::Halt, 0, false), |row| (row.is_revert, row.uses, row.given_uses) = (-one, zero, zero)), ["1"]);
    // a row that is two outcomes
    assert_eq!(stops((Status::Success, 100, false), |row| (row.is_revert, row.uses, row.given_uses) = (one, zero, zero)), ["3"]);
    // gas left, or an output, of a frame that halts
    for limb in 0..4 {
        assert_eq!(stops((Status::Halt, 0, false), |row| row.left[limb] = F::ONE), [(4 + limb).to_string()]);
    }
    assert_eq!(stops((Status::Halt, 0, false), |row| row.length_low = F::ONE), ["8"]);
    assert_eq!(stops((Status::Halt, 0, false), |row| row.length_high = F::ONE), ["9"]);
    // no check needed, it says, with 2300 gas left, or 100: by the upper limbs, by the lowest, or by nothing
    assert_eq!(stops((Status::Success, 2300, false), |row| (row.sentry, row.sentry_high) = (F::ONE, F::ONE)), ["14"]);
    assert_eq!(stops((Status::Success, 2300, false), |row| (row.sentry, row.sentry_low) = (F::ONE, F::ONE)), ["range"]);
    assert_eq!(stops((Status::Success, 2300, false), |row| row.sentry = F::ONE), ["13"]);
    // no check needed for two reasons at once: less than no checks
    assert_eq!(stops((Status::Success, 0x1_1388, true), |row| (row.sentry_low, row.sentry) = (one, F::TWO)), ["10"]);
    assert!(sentry(2301) && !sentry(2300));
    // nor where a frame halts
    assert_eq!(stops((Status::Halt, 0, false), |row| row.sentry = F::ONE), ["13"]);
    // the next call starts before or long after this one ends
    assert_eq!(stops((Status::Success, 5000, true), |row| row.exit += F::ONE), ["15"]);
    assert!(FrameCols::view(&bench(&FRAMES).1.values[WIDTH..2 * WIDTH]).inverse.try_inverse().is_some());
}

/// A row that is not real asks less than no times for its lowest limb: so it vouches for a number of another, here -1.
#[test]
fn no_row_vouches_for_numbers_of_others() {
    let mut mock = Mock::new();
    mock.owe(name::RANGE, vec![F::NEG_ONE.as_canonical_u32()], 1);
    let mut table = RowMajorMatrix::new(F::zero_vec(2 * WIDTH), WIDTH);
    let row = FrameCols::view_mut(&mut table.values[..WIDTH]);
    (row.sentry_high, row.sentry_low, row.left[1], row.inverse) = (F::ONE, F::NEG_ONE, F::ONE, F::ONE);
    row.left[0] = -F::from_u16(2302);
    assert_eq!(mock.causes("frame", &FrameAir, &table).into_iter().collect::<Vec<_>>(), ["12"]);
}
