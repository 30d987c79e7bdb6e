use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

use super::{NibblesAir, RangeAir};
use crate::bus::{F, name};
use crate::context::Context;
use crate::evaluate::{Balance, evaluate, unbalanced};

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

#[test]
fn a_value_out_of_range_finds_no_entry() {
    let mut sums = Balance::new();
    *sums.entry((name::RANGE.into(), vec![1 << 16])).or_default() += F::ONE;
    // whatever multiplicities a prover writes, the message stays
    let cells = vec![F::ONE; (1 << 16) * 2];
    assert_eq!(evaluate("range", &RangeAir, &RowMajorMatrix::new(cells, 32), &mut sums), None);
    assert!(sums[&(name::RANGE.to_owned(), vec![1 << 16])] == F::ONE);
}
