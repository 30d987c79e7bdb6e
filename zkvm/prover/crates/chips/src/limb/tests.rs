use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;

use super::columns::BITS;
use super::{LimbAir, LimbCols};
use crate::bus::{F, name};
use crate::context::Context;
use crate::evaluate::{Balance, evaluate, unbalanced};
use crate::testing::{Mock, shape};

const WIDTH: usize = LimbCols::<F>::WIDTH;

fn asked() -> Context {
    let mut ctx = Context::default();
    for value in [0, 1, 255, 256, 0x1234, 0x8000, 0xffff] {
        ctx.range16(value);
        ctx.range16(0x1234);
    }
    [0x1234, 0x3412, 0xff00].into_iter().for_each(|limb| ctx.limb_bytes(limb));
    ctx
}

#[test]
fn answers_what_was_asked() {
    let ctx = asked();
    let mut balance = Balance::new();
    for (&value, &count) in &ctx.range {
        balance.insert((name::RANGE.into(), vec![value.into()]), F::from_u32(count));
    }
    for (&(low, high), &count) in &ctx.bytes {
        balance.insert((name::BYTES.into(), vec![low.into(), high.into()]), F::from_u32(count));
    }
    assert_eq!(evaluate("limb", &LimbAir, &LimbAir::generate(&ctx, 9).expect("rows"), &mut balance), None);
    assert_eq!(unbalanced(&balance), None);
}

#[test]
fn too_many_values_are_left_to_the_range_table() {
    assert!(LimbAir::generate(&asked(), 8).is_none());
    assert!(LimbAir::generate(&Context::default(), 8).is_none());
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&LimbAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields, shape.constraints), (18, 2, 3, BITS));
}

/// Of each constraint a false value, and a false byte, that nothing else stops: each is read as often as it is given.
#[test]
fn each_constraint_is_needed() {
    let stopped = |bytes: bool, edit: &dyn Fn(&mut LimbCols<F>)| {
        let mut cells = F::zero_vec(2 * WIDTH);
        let row = LimbCols::view_mut(&mut cells[..WIDTH]);
        row.bits = [F::ONE; BITS];
        *if bytes { &mut row.bytes } else { &mut row.range } = F::ONE;
        edit(row);
        let value = |bits: &[F]| bits.iter().enumerate().map(|(k, &bit)| bit * F::from_u32(1 << k)).sum::<F>();
        let [low, high] = [value(&row.bits[..8]), value(&row.bits[8..])];
        let mut mock = Mock::new();
        if bytes {
            mock.owe(name::BYTES, vec![low.as_canonical_u32(), high.as_canonical_u32()], 1);
        } else {
            mock.owe(name::RANGE, vec![(low + high * F::from_u32(256)).as_canonical_u32()], 1);
        }
        mock.causes("limb", &LimbAir, &RowMajorMatrix::new(cells, WIDTH)).into_iter().collect::<Vec<_>>()
    };
    for bytes in [false, true] {
        assert_eq!(stopped(bytes, &|_| ()), [""; 0]);
        for k in 0..BITS {
            assert_eq!(stopped(bytes, &|row| row.bits[k] = F::TWO), [k.to_string()]);
            assert_eq!(stopped(bytes, &|row| row.bits[k] = -F::ONE), [k.to_string()]);
        }
    }
}
