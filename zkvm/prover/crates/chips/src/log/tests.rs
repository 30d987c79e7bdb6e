use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{LogAir, LogCols, LogRows};
use crate::bus::{F, name, tag};
use crate::context::FrameInfo;
use crate::testing::{FRAME, Mock, REGION, Seeded, forged_row, numbers, padding_rejects, shape, stopped_though_believed, with_limbs};

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
            mock.owe(name::STREAM, vec![FRAME, step.clk, tag::DATA, step.clk, 0x80, 0, length], -1);
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

/// What stops the edited row of a TOPIC or of a LOG of some bytes, whatever other chips believe.
fn stops(op: u16, length: u32, doomed: bool, edit: impl FnOnce(&mut LogCols<F>)) -> Vec<String> {
    let (mut mock, mut rows) = (Mock::new(), LogRows::default());
    mock.seeded = None;
    mock.context.frame_info.insert(FRAME, FrameInfo { call: 3, account: 2, doomed, sentry: true });
    let words = [0x80, length].map(U256::from);
    let words = if op == isa::LOG { &words[..] } else { &words[..1] };
    let step = mock.chained(op, words, if op == isa::LOG { 2 } else { 0 }, 750, |step| step.charge += u64::from(length) * 8);
    rows.push(&step, &mut mock.context);
    let table = rows.finish().expect("a row");
    stopped_though_believed("log", &LogAir, &forged_row(&table, 0, |cells| edit(LogCols::view_mut(cells))))
}

/// Of each constraint on what is claimed a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_claim_is_needed() {
    let (one, zero) = (F::ONE, F::ZERO);
    for doomed in [false, true] {
        assert_eq!(stops(isa::TOPIC, 0, doomed, |_| ()), [""; 0]);
        assert_eq!(stops(isa::LOG, 0, doomed, |_| ()), [""; 0]);
        assert_eq!(stops(isa::LOG, 5, doomed, |_| ()), [""; 0]);
    }
    // a LOG less a TOPIC: not real, yet takes the claim's log, and gives a topic as the claim does
    assert_eq!(stops(isa::LOG, 5, false, |c| (c.is_topic, c.claims_topic) = (-one, -one)), ["0"]);
    // a LOG that is a TOPIC too
    assert_eq!(stops(isa::LOG, 5, false, |c| (c.is_topic, c.claims_topic) = (one, one)), ["2"]);
    // operands of other times
    assert_eq!(stops(isa::LOG, 5, false, |c| (c.a.constant, c.a.time) = (F::TWO, -c.a.time)), ["3"]);
    assert_eq!(stops(isa::LOG, 5, false, |c| c.a.time = zero), ["4"]);
    assert_eq!(stops(isa::LOG, 5, false, |c| (c.b.constant, c.b.time) = (F::TWO, -c.b.time)), ["5"]);
    assert_eq!(stops(isa::LOG, 5, false, |c| c.b.time = zero), ["6"]);
    // a topic or a log left out, or kept of a frame that is undone
    assert_eq!(stops(isa::TOPIC, 0, false, |c| c.claims_topic = zero), ["7"]);
    assert_eq!(stops(isa::TOPIC, 0, true, |c| c.claims_topic = one), ["7"]);
    assert_eq!(stops(isa::LOG, 5, false, |c| (c.claims_log, c.streams) = (zero, zero)), ["8"]);
    assert_eq!(stops(isa::LOG, 5, true, |c| (c.claims_log, c.streams) = (one, one)), ["8"]);
    // its data left out; a stream of nothing
    assert_eq!(stops(isa::LOG, 5, false, |c| c.streams = zero), ["26"]);
    assert_eq!(stops(isa::LOG, 0, false, |c| c.streams = one), ["25"]);
    // length and offset taken for their lowest limbs; p + 5 bytes taken for 5
    for i in 0..14 {
        assert_eq!(stops(isa::LOG, 5, false, |c| c.b.limbs[2 + i] = one), [(9 + i).to_string()]);
        assert_eq!(stops(isa::LOG, 5, false, |c| c.a.limbs[2 + i] = one), [(27 + i).to_string()]);
    }
    assert_eq!(stops(isa::LOG, 5, false, |c| (c.b.limbs[0], c.b.limbs[1]) = (F::from_u8(6), F::from_u16(0x7f00))), [name::RANGE]);
}

/// Of each constraint on gas a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_gas_is_needed() {
    let one = F::ONE;
    // a TOPIC that costs less than its gas
    assert_eq!(stops(isa::TOPIC, 0, false, |c| c.b.limbs[0] = -one), ["41"]);
    assert_eq!(stops(isa::TOPIC, 0, false, |c| c.b.limbs[1] = -one), ["42"]);
    // gas that is not the sum, or reaches 2^30: by its lower part, its upper one, a fraction of the upper one
    assert_eq!(stops(isa::LOG, 5, false, |c| c.gas_low -= one), ["43"]);
    let gas = |low: u32, high: F| {
        stops(isa::LOG, 5, false, |c| {
            (c.gas_low, c.gas_high) = (F::from_u32(low), high);
            c.state.gas = c.gas_low + high * F::from_u32(1 << 16) - F::from_u16(750 + 40);
        })
    };
    assert_eq!(gas(1 << 30, F::ZERO), [name::RANGE]);
    assert_eq!(gas(5, F::from_u32(1 << 14)), [name::RANGE]);
    assert_eq!(gas((1 << 14) + 5, F::from_u16(0xffff) * F::from_u8(4).inverse()), [name::RANGE]);
}

/// A TOPIC less a LOG is not real and asks a negative number of times: so it gives 0 to a reader of any wire, and vouches for numbers out of range.
#[test]
fn no_row_gives_a_wire() {
    let mut mock = Mock::new();
    mock.owe(name::WIRE, with_limbs(&[REGION, 77], U256::ZERO), 1);
    let beyond = F::from_u32(1 << 16);
    for number in [F::ZERO, F::ZERO, beyond, F::ZERO, F::ZERO] {
        mock.owe(name::RANGE, vec![number.as_canonical_u32()], 1);
    }
    let mut table = RowMajorMatrix::new(F::zero_vec(2 * LogCols::<F>::WIDTH), LogCols::<F>::WIDTH);
    let c = LogCols::view_mut(&mut table.values[..LogCols::<F>::WIDTH]);
    (c.is_topic, c.is_log, c.doomed, c.state.gas, c.gas_low) = (F::ONE, -F::ONE, F::ONE, beyond, beyond);
    (c.state.region, c.a.time, c.b.time, c.b.id) = (F::from_u32(REGION), F::from_u32(REGION), F::from_u32(REGION), F::from_u8(77));
    assert_eq!(mock.causes("log", &LogAir, &table).into_iter().collect::<Vec<_>>(), ["1"]);
}
