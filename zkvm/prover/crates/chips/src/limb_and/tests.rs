use std::collections::BTreeSet;

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
