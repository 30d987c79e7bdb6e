use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{LogAir, LogCols, LogRows};
use crate::bus::{F, name, tag};
use crate::context::FrameInfo;
use crate::testing::{FRAME, Mock, Seeded, numbers, padding_rejects, shape, with_limbs};

/// A TOPIC, and LOGs without and with data, of a frame that lives or is doomed.
fn bench(doomed: bool) -> (Mock, LogRows) {
    let mut mock = Mock::new();
    let mut rows = LogRows::default();
    let mut seeded = Seeded::new(5);
    mock.context.frame_info.insert(FRAME, FrameInfo { call: 3, account: 2, doomed, sentry: true });
    mock.offer(name::FRAME, vec![FRAME, 3, 2, doomed.into(), 1], 3);
    let topic = seeded.random();
    let step = mock.chained(isa::TOPIC, &[topic], 0, 7, |_| {});
    assert_eq!(rows.push(&step, &mut mock.context), None);
    if !doomed {
        mock.owe(name::CLAIM, with_limbs(&[tag::TOPIC, step.clk, 0], topic), 1);
    }
    for length in [0u32, 68] {
        let words = [U256::from(0x80), U256::from(length)];
        let step = mock.chained(isa::LOG, &words, 1, 750, |step| step.charge += u64::from(length) * 8);
        let stream = rows.push(&step, &mut mock.context);
        assert_eq!(stream.is_some(), !doomed && length != 0);
        if !doomed {
            let mut message = vec![0; 19];
            message[..7].copy_from_slice(&[tag::LOG, step.clk, 1, 3, 2, length, 0]);
            mock.owe(name::CLAIM, message, 1);
        }
        if stream.is_some() {
            mock.owe(name::STREAM, vec![FRAME, step.clk, tag::DATA, 0x80, 0, length], -1);
        }
    }
    (mock, rows)
}

#[test]
fn logs_are_claimed_unless_the_frame_is_doomed() {
    for doomed in [false, true] {
        let (mock, rows) = bench(doomed);
        assert_eq!(mock.check("log", &LogAir, &rows.finish().unwrap()), None);
    }
}

#[test]
fn only_unused_inverses_can_be_changed() {
    for doomed in [false, true] {
        let (mock, rows) = bench(doomed);
        let columns = numbers(LogCols::<F>::WIDTH);
        let inverse = LogCols::view(&columns).inverse;
        let mut free = vec![LogCols::view(&columns).gas_low, LogCols::view(&columns).gas_high];
        free.extend(&LogCols::view(&columns).b.limbs[2..]);
        for (row, column) in mock.accepted("log", &LogAir, &rows.finish().unwrap(), 0..3) {
            // the inverse of a length that is 0 or not streamed is not read, nor are a TOPIC's gas limbs and upper limbs of an operand it has not
            let streams = row == 2 && !doomed;
            assert!((column == inverse && !streams) || (row == 0 && free.contains(&column)), "row {row} column {column}");
        }
    }
}

#[test]
fn rows_that_are_not_real_say_nothing() {
    let columns = numbers(LogCols::<F>::WIDTH);
    let view = LogCols::view(&columns);
    for column in [view.claims_topic, view.claims_log, view.streams] {
        assert!(padding_rejects(&LogAir, column));
    }
    println!("{:?}", shape(&LogAir));
}
