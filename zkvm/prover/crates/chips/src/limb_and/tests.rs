use std::collections::BTreeSet;

use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;

use super::columns::BITS;
use super::{LimbAndAir, LimbAndCols};
use crate::bus::{F, name};
use crate::testing::{Mock, Seeded, numbers, shape};

fn mock() -> Mock {
    let (mut mock, mut seeded) = (Mock::new(), Seeded::new(5));
    for _ in 0..50 {
        let (x, y) = (seeded.next() as u16, seeded.next() as u16);
        mock.context.limb_ands.insert((x, y), 3);
    }
    // Readers of the entries. (The mock's own table of true ANDs answers them twice over, so the check below balances by hand.)
    for (&(x, y), &count) in &mock.context.limb_ands.clone() {
        mock.owe(name::LIMB_AND, vec![x.into(), y.into(), (x & y).into()], count as i32);
    }
    mock
}

#[test]
fn answers_what_was_asked() {
    let mut mock = mock();
    let table = LimbAndAir::generate(&mock.context).expect("rows");
    mock.context.limb_ands.clear();
    assert_eq!(mock.check("limb_and", &LimbAndAir, &table), None);
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&LimbAndAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (34, 1, 3));
}

#[test]
fn no_cell_gives_a_wrong_entry() {
    let mock = mock();
    let table = LimbAndAir::generate(&mock.context).expect("rows");
    let accepted: BTreeSet<usize> = mock.accepted("limb_and", &LimbAndAir, &table, 0..50).into_iter().map(|(_, column)| column).collect();
    let numbers = numbers(LimbAndCols::<F>::WIDTH);
    // A multiplicity of a true entry is free: too low, its readers find no answer (here the mock's true table answers them).
    assert!(accepted.iter().all(|&column| column == LimbAndCols::view(&numbers).uses), "{accepted:?}");
}

/// Of each constraint a false entry that nothing else stops: each is read as often as it is given.
#[test]
fn each_constraint_is_needed() {
    const WIDTH: usize = LimbAndCols::<F>::WIDTH;
    // the entry of bits, each 1 but as edited, whose AND is right but as edited
    let stopped = |edit: &dyn Fn(&mut LimbAndCols<F>)| {
        let mut cells = F::zero_vec(2 * WIDTH);
        let row = LimbAndCols::view_mut(&mut cells[..WIDTH]);
        (row.x, row.y, row.uses) = ([F::ONE; BITS], [F::ONE; BITS], F::ONE);
        edit(row);
        let value = |bits: &dyn Fn(usize) -> F| (0..BITS).map(|k| bits(k) * F::from_u32(1 << k)).sum::<F>();
        row.both += value(&|k| row.x[k] * row.y[k]);
        let entry = [value(&|k| row.x[k]), value(&|k| row.y[k]), row.both];
        let mut mock = Mock::new();
        mock.owe(name::LIMB_AND, entry.map(|cell| cell.as_canonical_u32()).to_vec(), 1);
        mock.causes("limb_and", &LimbAndAir, &RowMajorMatrix::new(cells, WIDTH)).into_iter().collect::<Vec<_>>()
    };
    assert_eq!(stopped(&|_| ()), [""; 0]);
    // x or y of 17 bits, or whose bits weigh double
    for k in 0..BITS {
        assert_eq!(stopped(&|row| row.x[k] = F::TWO), [k.to_string()]);
        assert_eq!(stopped(&|row| row.y[k] = F::TWO), [(BITS + k).to_string()]);
    }
    // a wrong AND
    assert_eq!(stopped(&|row| row.both = F::ONE), [(2 * BITS).to_string()]);
}
