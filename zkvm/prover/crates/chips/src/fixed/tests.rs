use std::collections::BTreeSet;

use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

use super::{FOLD, NibblesAir, RangeAir};
use crate::bus::{F, name};
use crate::context::Context;
use crate::evaluate::{Balance, Violation, evaluate, unbalanced};

/// Balances each counted look-up against the tables.
fn balance(ctx: &Context) -> Balance {
    let mut balance = Balance::new();
    for (&value, &count) in &ctx.range {
        *balance.entry((name::RANGE.into(), vec![value.into()])).or_default() += F::from_u32(count);
    }
    for (&(low, high), &count) in &ctx.bytes {
        *balance.entry((name::BYTES.into(), vec![low.into(), high.into()])).or_default() += F::from_u32(count);
    }
    for (&(x, y), &count) in &ctx.nibbles {
        *balance.entry((name::NIBBLES.into(), vec![x.into(), y.into(), (x & y).into()])).or_default() += F::from_u32(count);
    }
    balance
}

#[test]
fn every_entry_is_provided_as_counted() {
    let mut ctx = Context::default();
    for value in (0..=u16::MAX).step_by(7).chain([0, 1, 255, 256, 65535]) {
        ctx.range16(value.into());
        ctx.limb_bytes(value);
    }
    for x in 0..16 {
        for y in 0..16 {
            *ctx.nibbles.entry((x, y)).or_default() += u32::from(x) + 1;
        }
    }
    let mut sums = balance(&ctx);
    assert_eq!(evaluate("range", &RangeAir, &RangeAir::generate(&ctx), &mut sums), None);
    assert_eq!(evaluate("nibbles", &NibblesAir, &NibblesAir::generate(&ctx), &mut sums), None);
    assert_eq!(unbalanced(&sums), None);
}

/// Whatever multiplicities a prover writes, the entries are the 16-bit values, the pairs of bytes and the true ANDs, and all of them.
#[test]
fn no_other_entry_can_be_given() {
    let entries = |said: Balance| said.into_keys().collect::<BTreeSet<_>>();
    let mut said = Balance::new();
    let mut table = RangeAir::generate(&Context::default());
    table.values.chunks_mut(2 + 2 * FOLD).for_each(|row| row[2..].fill(F::ONE));
    assert_eq!(evaluate("range", &RangeAir, &table, &mut said), None);
    let values = (0..1 << 16).map(|value| (name::RANGE.to_owned(), vec![value]));
    let pairs = (0..1 << 16).map(|value| (name::BYTES.to_owned(), vec![value & 255, value >> 8]));
    assert_eq!(entries(said), values.chain(pairs).collect());
    // each row has its own values
    for (row, column) in [(0, 0), (0, 1), (4095, 0), (4095, 1), (17, 0)] {
        let mut forged = table.clone();
        forged.values[row * (2 + 2 * FOLD) + column] += F::ONE;
        let found = evaluate("range", &RangeAir, &forged, &mut Balance::new());
        assert_eq!(found, Some(Violation::Constraint { chip: "range".into(), row, index: column }));
    }
    let mut said = Balance::new();
    assert_eq!(evaluate("nibbles", &NibblesAir, &RowMajorMatrix::new(vec![F::ONE; 256], 1), &mut said), None);
    let ands = (0..16).flat_map(|x| (0..16).map(move |y| (name::NIBBLES.to_owned(), vec![x, y, x & y])));
    assert_eq!(entries(said), ands.collect());
}
