use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{PowerAir, PowerCols, PowerRows};
use crate::bus::{F, name};
use crate::evaluate::{Balance, evaluate};
use crate::mul::{MulAir, MulRows};
use crate::testing::{Mock, Seeded, edges, numbers, padding_rejects, shape};
use crate::word::{limbs, limbs16};

const WIDTH: usize = PowerCols::<F>::WIDTH;

fn bench(pairs: &[(U256, U256)]) -> (Mock, RowMajorMatrix<F>) {
    let mut mock = Mock::new();
    let (mut rows, mut products) = (PowerRows::default(), MulRows::default());
    for &(base, exponent) in pairs {
        let step = mock.pure(isa::EXP, &[base, exponent], base.wrapping_pow(exponent));
        rows.push(&step, &mut mock.context, &mut products);
    }
    let mut said = Balance::new();
    if let Some(table) = products.finish() {
        assert_eq!(evaluate("mul", &MulAir, &table, &mut said), None);
        said.retain(|(bus, _), _| bus == name::PRODUCT);
        // look-ups of the fixed tables are those of both chips: count the mul chip's apart
        let mut others = Mock::new();
        let mut again = MulRows::default();
        for row in table.values.chunks(table.width).filter(|row| row[0] == F::ONE) {
            let columns = crate::mul::MulCols::view(row);
            let [a, b] = [columns.a.limbs, columns.b.limbs]
                .map(|cells| cells.iter().rev().fold(U256::ZERO, |word, cell| word << 16_usize | U256::from(p3_field::PrimeField32::as_canonical_u32(cell))));
            again.product(a, b, &mut others.context);
        }
        for (value, count) in others.context.range {
            *mock.context.range.get_mut(&value).unwrap() -= count;
        }
        for (pair, count) in others.context.bytes {
            *mock.context.bytes.get_mut(&pair).unwrap() -= count;
        }
        mock.owe_all(&said);
    }
    (mock, rows.finish().unwrap())
}

#[test]
fn powers_are_as_ruint_says() {
    let mut seeded = Seeded::new(23);
    let mut pairs: Vec<_> = edges().into_iter().map(|base| (base, U256::from(5))).collect();
    pairs.extend(edges().into_iter().map(|exponent| (U256::from(3), exponent)));
    pairs.extend((0..10).map(|_| (seeded.word(), seeded.word())));
    pairs.extend([(10, 18), (0, 0), (0, 1), (1, 0), (2, 255), (2, 256)].map(|(a, b)| (U256::from(a), U256::from(b))));
    let (mock, table) = bench(&pairs);
    assert_eq!(mock.check("power", &PowerAir, &table), None);
}

#[test]
fn no_cell_but_unread_ones_can_be_changed() {
    let (mock, table) = bench(&[(U256::from(0x1_2345), U256::from(6)), (U256::MAX - U256::ONE, U256::from(0x1_0001))]);
    let rows = table.values.chunks(WIDTH).filter(|row| row[0] + row[1] == F::ONE).count();
    let numbers = numbers(WIDTH);
    let view = PowerCols::view(&numbers);
    for (row, column) in mock.accepted("power", &PowerAir, &table, 0..rows) {
        let cells = PowerCols::view(&table.values[row * WIDTH..(row + 1) * WIDTH]);
        // a row that is no instruction names none; exponent 0 has no half, and asks for no inverse
        let names = [view.id, view.region, view.base.id, view.exponent.id, view.base.time, view.exponent.time, view.base.constant, view.exponent.constant];
        let named = cells.instruction == F::ONE || !names.contains(&column);
        let halves = view.odd.into_iter().chain(view.root).chain(view.square).chain([view.inverse]).any(|unread| unread == column);
        assert!(!named || cells.zero == F::ONE && halves, "row {row}, column {column}");
    }
}

#[test]
fn rows_that_are_not_real_say_nothing() {
    let numbers = numbers(WIDTH);
    let view = PowerCols::view(&numbers);
    assert!([view.uses, view.powers, view.instruction, view.once].into_iter().all(|column| padding_rejects(&PowerAir, column)));
    println!("{:?}", shape(&PowerAir));
}

/// Exponent 0 as a row of the other kind would vouch for its own power: x = x^2 has the solution 0.
#[test]
fn exponent_zero_does_not_vouch_for_itself() {
    let base = U256::from(9);
    let mut cells = F::zero_vec(2 * WIDTH);
    let row = PowerCols::view_mut(&mut cells[..WIDTH]);
    (row.more, row.powers) = (F::ONE, F::ONE);
    row.base.limbs = limbs(base);
    let mut mock = Mock::new();
    mock.offer(name::PRODUCT, vec![0; 48], 1);
    assert!(mock.forged("power", &PowerAir, &RowMajorMatrix::new(cells.clone(), WIDTH)).is_some());
    // nor with exponent 1 and an odd bit that is not there: its half would be (1 - 0) / 2
    let row = PowerCols::view_mut(&mut cells[..WIDTH]);
    row.exponent.limbs[0] = F::ONE;
    row.inverse = F::ONE;
    assert!(mock.forged("power", &PowerAir, &RowMajorMatrix::new(cells, WIDTH)).is_some());
    assert_eq!(limbs16(base)[0], 9);
}
