//! Of each constraint a forgery that nothing else stops.

use super::*;

/// What stops a row of the honest table once it is edited, if others believe each message.
fn stopped(row: usize, edit: impl FnOnce(&mut StorageCols<F>)) -> Vec<String> {
    let (_, air, table) = kinds(OSAKA);
    stopped_though_believed("storage", &air, &forged_row(&table, row, |cells| edit(StorageCols::view_mut(cells))))
}

type Edit = fn(&mut StorageCols<F>);

/// As [`stopped`], of rows side by side under a rule set.
fn stopped_rows<const N: usize>(fork: u8, edited: [(usize, Edit); N]) -> Vec<String> {
    let (_, air, table) = kinds(fork);
    let rows = edited.map(|(row, edit)| forged_row(&table, row, |cells| edit(StorageCols::view_mut(cells))).values);
    stopped_though_believed("storage", &air, &RowMajorMatrix::new(rows.concat(), WIDTH))
}

/// Of each constraint on the kinds a forgery that nothing else stops: kinds that cancel make a row that is no instruction but acts.
#[test]
fn each_constraint_on_the_kinds_is_needed() {
    for row in 0..9 {
        assert_eq!(stopped(row, |_| ()), [""; 0]);
    }
    // an undo record of a store that was not made
    let record = stopped(4, |c| {
        (c.load, c.word_id, c.b, c.next) = (-F::ONE, c.state.id, c.state.id, F::ZERO);
        (c.b_constant, c.word_time) = (F::ZERO, c.state.region);
    });
    assert_eq!(record, ["0"]);
    // a wire with any word
    let wire = stopped(1, |c| {
        (c.unchanged, c.doomed, c.sentry, c.next) = (-F::ONE, F::ZERO, F::ONE, F::ZERO);
        (c.old[0], c.word[0]) = (F::TWO, F::TWO);
    });
    assert_eq!(wire, ["1"]);
    let wire = stopped(1, |c| {
        (c.dirty, c.doomed, c.sentry, c.next, c.asks) = (-F::ONE, F::ZERO, F::ONE, F::ZERO, -F::ONE);
        (c.weights[0], c.original[0]) = (F::ONE, c.old[0] - F::ONE);
    });
    assert_eq!(wire, ["2"]);
    // a store taken back: its messages the other way round
    let back: Edit = |c| {
        (c.create, c.update) = (-c.create, -c.update);
        (c.trap, c.negative, c.sentry, c.ample) = (F::ONE, F::ONE, F::ONE, F::ZERO);
        (c.cold, c.cold_store, c.original_uses, c.mark) = (F::ZERO, F::ZERO, F::ZERO, c.call + F::ONE);
        (c.state.clk, c.next) = (c.state.clk + F::TWO, -c.next);
        (c.undone, c.asks) = (-c.undone, -F::ONE);
    };
    assert_eq!(stopped_rows(OSAKA, [(5, |_| ()), (5, back)]), ["3"]);
    assert_eq!(stopped_rows(OSAKA, [(2, |_| ()), (2, back)]), ["4"]);
    // a store of no program and no frame
    let store = stopped(2, |c| {
        (c.trap, c.ample, c.tight) = (-F::ONE, F::ZERO, F::ONE);
        (c.left, c.margin) = ([F::from_u32(4601).halve(), F::ZERO, F::ZERO, F::ZERO], -F::ONE.halve());
    });
    assert_eq!(store, ["5"]);
    // a load and a store in one
    let both = stopped(1, |c| {
        (c.unchanged, c.doomed, c.sentry, c.next) = (F::ONE, F::ZERO, F::ONE, c.next.double());
        c.previous.gap_low += F::ONE;
    });
    assert_eq!(both, ["6"]);
    // a trap before Istanbul
    let trap: Edit = |c| {
        (c.update, c.trap, c.next) = (F::ZERO, F::ONE, F::ZERO);
        (c.cold, c.cold_store, c.asks, c.undone) = (F::ZERO, F::ZERO, F::ZERO, F::ZERO);
    };
    assert_eq!(stopped_rows(4, [(6, trap)]), ["43"]);
    assert_eq!(stopped_rows(5, [(6, trap)]), ["76"]);
}

/// Of each constraint on the wires and the access a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_access_is_needed() {
    // the key of another region, or of none
    assert_eq!(stopped(0, |c| (c.key.constant, c.key.time) = (F::TWO, -c.state.region)), ["7"]);
    assert_eq!(stopped(0, |c| c.key.time += F::ONE), ["8"]);
    // a store that gives a wire
    assert_eq!(stopped(2, |c| c.uses = F::ONE), ["9"]);
    // the word of another region or identifier; a load that gives a constant, or another wire
    assert_eq!(stopped(2, |c| (c.b_constant, c.word_time) = (F::TWO, -c.state.region)), ["10"]);
    assert_eq!(stopped(0, |c| (c.b_constant, c.word_time) = (F::ONE, F::ZERO)), ["11"]);
    assert_eq!(stopped(2, |c| c.word_time += F::ONE), ["12"]);
    assert_eq!(stopped(0, |c| c.word_id += F::ONE), ["13"]);
    assert_eq!(stopped(2, |c| c.word_id += F::ONE), ["14"]);
    // a load of another word than the slot's
    for limb in 0..LIMBS {
        assert_eq!(stopped(1, |c| c.word[limb] += F::ONE), [(15 + limb).to_string()]);
    }
    // an access before one that came later, told as an earlier time, or by a gap that is negative or too large
    let now = |c: &StorageCols<F>| c.state.clk;
    assert_eq!(stopped(1, |c| c.previous.time = c.state.clk + F::ONE), ["31"]);
    assert_eq!(stopped(1, |c| (c.previous.time, c.previous.gap_low, c.previous.gap_high) = (now(c), -F::ONE, F::ZERO)), ["range"]);
    let gap = F::from_u32(1 << 29);
    assert_eq!(stopped(1, |c| (c.previous.time, c.previous.gap_low, c.previous.gap_high) = (now(c) - F::ONE - gap, F::ZERO, F::from_u32(1 << 13))), ["range"]);
    // a doomed frame's store without its record
    for row in 2..7 {
        assert_eq!(stopped(row, |c| c.undone = F::ZERO), ["37"]);
    }
    // a trap that goes on, a store that jumps
    assert_eq!(stopped(7, |c| c.next = c.state.id + F::ONE), ["85"]);
    assert_eq!(stopped(2, |c| c.next += F::ONE), ["85"]);
    assert_eq!(stopped_rows(5, [(2, |c| c.next += F::ONE)]), ["77"]);
    assert_eq!(stopped_rows(4, [(2, |c| c.next += F::ONE)]), ["44"]);
}

/// Of each constraint on the price a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_price_is_needed() {
    // a first access as a later one; a later one as the first, which publishes its own original; a first store at the price of a load
    assert_eq!(stopped(2, |c| (c.cold, c.cold_store, c.original_uses, c.asks) = (F::ZERO, F::ZERO, F::ZERO, F::ONE)), ["34"]);
    assert_eq!(stopped(1, |c| (c.cold, c.original, c.original_uses) = (F::ONE, c.old, F::ONE)), ["35"]);
    assert_eq!(stopped(2, |c| c.cold_store = F::ZERO), ["36"]);
    // a slot that is 0 taken for one that is not, and the reverse
    assert_eq!(stopped(2, |c| (c.update, c.create) = (F::ZERO, F::ONE)), ["38"]);
    assert_eq!(stopped(5, |c| (c.update, c.create) = (F::ONE, F::ZERO)), ["39"]);
    for limb in 0..LIMBS {
        // a change at the price of none
        assert_eq!(stopped(4, |c| c.word[limb] += F::ONE), [(40 + 2 * limb).to_string()]);
        // another original than the call found; a dirty slot as a clean one
        assert_eq!(stopped(0, |c| c.original[limb] += F::ONE), [(41 + 2 * limb).to_string()]);
        assert_eq!(stopped(6, |c| c.original[limb] += F::ONE), [(41 + 2 * limb).to_string()]);
    }
    // a clean slot as a dirty one; no change at the full price
    assert_eq!(stopped(2, |c| (c.update, c.dirty) = (F::ZERO, F::ONE)), ["72"]);
    let full = stopped(4, |c| {
        (c.unchanged, c.update, c.asks, c.original) = (F::ZERO, F::ONE, F::ONE, c.old);
        c.old_inverse = c.old.iter().copied().sum::<F>().inverse();
    });
    assert_eq!(full, ["73"]);
    // an original made up by a later access, and one that is left out
    assert_eq!(stopped(3, |c| c.original_uses = F::ONE), ["74"]);
    assert_eq!(stopped(3, |c| c.asks = F::ZERO), ["75"]);
    assert_eq!(stopped(6, |c| c.asks = F::ZERO), ["75"]);
    // Yellow Paper: the first word of a slot at 5000; 20000 for none
    assert_eq!(stopped_rows(4, [(5, |c| (c.create, c.dirty) = (F::ZERO, F::ONE))]), ["40"]);
    assert_eq!(stopped_rows(4, [(5, |c| (c.create, c.unchanged) = (F::ZERO, F::ONE))]), ["41"]);
    assert_eq!(stopped_rows(4, [(5, |c| c.word = c.old)]), ["42"]);
    assert_eq!(stopped_rows(4, [(2, |c| (c.update, c.create) = (F::ZERO, F::ONE))]), ["38"]);
    assert_eq!(stopped_rows(4, [(5, |c| (c.update, c.create) = (F::ONE, F::ZERO))]), ["39"]);
}

/// Of each constraint on the stipend a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_stipend_is_needed() {
    const LEFT: [u32; 4] = [2000, 0, 0, 0];
    // a value out of range, which a row that counts -1 provides: by half a proof, by a sign, by a sign that is no bit
    let wide: Edit = |c| {
        let gap = F::from_u32(1 << 16);
        (c.previous.time, c.previous.gap_low, c.previous.gap_high) = (c.state.clk - F::ONE - gap, gap, F::ZERO);
    };
    let provided: [(usize, Edit, &str); 3] = [
        (
            0,
            |c| {
                (c.ample, c.left_inverse, c.tight, c.margin, c.left) =
                    (F::ONE, F::ONE, -F::ONE, F::from_u32(1 << 16), [F::from_u32(2301 + (1 << 16)), F::ONE, F::ZERO, F::ZERO])
            },
            "77",
        ),
        (0, |c| (c.negative, c.margin, c.left) = (F::ONE, F::from_u32(1 << 16), [F::from_u32(2300) - F::from_u32(1 << 16), F::ZERO, F::ZERO, F::ZERO]), "80"),
        (8, |c| (c.negative, c.margin, c.left) = (F::TWO, F::from_u32(1 << 16), [F::from_u32(2300) - F::from_u32(1 << 16), F::ZERO, F::ZERO, F::ZERO]), "78"),
    ];
    for (row, edit, cause) in provided {
        assert_eq!(stopped_rows(OSAKA, [(1, wide), (row, edit)]), [cause]);
    }
    // a store in the last 2300 gas: unproved, by the upper limbs, by the lowest
    assert_eq!(stopped(6, |c| (c.left, c.tight) = (LEFT.map(F::from_u32), F::ZERO)), ["79"]);
    assert_eq!(stopped(6, |c| (c.left, c.tight, c.ample) = (LEFT.map(F::from_u32), F::ZERO, F::ONE)), ["81"]);
    assert_eq!(stopped(6, |c| (c.left, c.margin) = (LEFT.map(F::from_u32), F::ZERO)), ["82"]);
    assert_eq!(stopped(6, |c| (c.left, c.margin) = (LEFT.map(F::from_u32), F::from_u32(2000) - F::from_u32(2301))), ["range"]);
    // a trap with gas enough
    for limb in 1..4 {
        assert_eq!(stopped(7, |c| c.left[limb] = F::ONE), ["83"]);
    }
    assert_eq!(stopped(7, |c| c.left[0] = F::from_u32(2301)), ["84"]);
    assert_eq!(stopped(7, |c| (c.left[0], c.margin) = (F::from_u32(2301), -F::ONE)), ["range"]);
}

/// What frames and slots are is looked up: a frame told as one that is not doomed, or needs no check; another slot than the key's.
#[test]
fn frames_and_slots_are_looked_up() {
    let bus = |row: usize, edit: fn(&mut StorageCols<F>)| {
        let (mut mock, air, honest) = kinds(OSAKA);
        let table = forged_row(&honest, row, |cells| edit(StorageCols::view_mut(cells)));
        let looked_up = [name::FRAME, name::SLOT, name::GAS_LEFT, name::ROM];
        let mut said = Balance::new();
        assert_eq!(evaluate("storage", &air, &table, &mut said), None);
        mock.owe_all(&said.into_iter().filter(|((bus, _), _)| !looked_up.contains(&bus.as_str())).map(|(message, count)| (message, -count)).collect());
        let mut causes = mock.causes("storage", &air, &table);
        causes.retain(|cause| looked_up.contains(&cause.as_str()));
        causes.into_iter().collect::<Vec<_>>()
    };
    assert_eq!(bus(2, |_| ()), [""; 0]);
    assert_eq!(bus(2, |c| (c.undone, c.doomed) = (F::ZERO, F::ZERO)), [name::FRAME]);
    assert_eq!(bus(6, |c| (c.tight, c.sentry) = (F::ZERO, F::ONE)), [name::FRAME]);
    assert_eq!(bus(6, |c| (c.left[0], c.margin) = (c.left[0] + F::ONE, c.margin + F::ONE)), [name::GAS_LEFT]);
    assert_eq!(bus(1, |c| c.handle = F::ZERO), [name::SLOT]);
    assert_eq!(bus(1, |c| c.charge = F::ZERO), [name::ROM]);
}
