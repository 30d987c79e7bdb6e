use super::{LimbAndAir, LimbAndCols, generate};
use crate::bus::{F, name};
use crate::testing::{Mock, numbers, padding_rejects, shape};

fn bench() -> (Mock, p3_matrix::dense::RowMajorMatrix<F>) {
    let mut mock = Mock::new();
    for (x, y) in [(0u16, 0u16), (0xffff, 0x1234), (0xabcd, 0x0ff0), (1, 0x8001)] {
        *mock.context.limb_ands.entry((x, y)).or_default() += 3;
        mock.owe(name::LIMB_AND, vec![x.into(), y.into(), (x & y).into()], 3);
    }
    let table = generate(&mut mock.context).unwrap();
    // the bench would answer LIMB_AND itself
    mock.context.limb_ands.clear();
    (mock, table)
}

#[test]
fn every_pair_is_answered() {
    let (mock, table) = bench();
    assert_eq!(mock.check("limb_and", &LimbAndAir, &table), None);
}

#[test]
fn padding_gives_nothing() {
    let columns = numbers(LimbAndCols::<F>::WIDTH);
    assert!(padding_rejects(&LimbAndAir, LimbAndCols::view(&columns).uses));
    assert_eq!(shape(&LimbAndAir).columns, 14);
}
