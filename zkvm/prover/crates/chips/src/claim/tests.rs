use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

use super::{ClaimAir, ClaimRow};
use crate::bus::{F, name, tag};
use crate::columns::LIMBS;
use crate::testing::{Mock, stopped_though_believed};

const WIDTH: usize = 4 + LIMBS;
const COUNT: usize = WIDTH - 1;

/// Rows: a slot that is sent, an environment word that is looked up, a turn that is received, two rows more than these.
fn bench() -> (Mock, ClaimAir, RowMajorMatrix<F>) {
    let row = |tag, x, y, first, once| ClaimRow { tag, x, y, limbs: core::array::from_fn(|i| first + i as u16), once };
    let rows = [row(tag::SLOT, 3, 1, 40, 1), row(tag::ENV, 2, 4, 60, 0), row(tag::TURN, 1, 900, 0, -1)];
    let mut mock = Mock::new();
    mock.context.claims.insert((tag::ENV, 2, 4), 5);
    for (row, count) in rows.iter().zip([-1, 5, 1]) {
        mock.owe(name::CLAIM, [row.tag, row.x, row.y].into_iter().chain(row.limbs.map(u32::from)).collect(), count);
    }
    let air = ClaimAir::new(rows.to_vec());
    let table = air.generate(&mock.context);
    (mock, air, table)
}

#[test]
fn rows_are_on_the_bus_as_claimed() {
    let (mock, air, table) = bench();
    assert_eq!(mock.check("claim", &air, &table), None);
    assert_eq!((air.log_height(), ClaimAir::new(vec![]).log_height()), (2, 1));
}

/// Of each constraint a forgery that nothing else stops, if others believe each message.
#[test]
fn each_constraint_is_needed() {
    let stopped = |row: usize, column: usize| {
        let (_, air, mut table) = bench();
        table.values[row * WIDTH + column] += F::ONE;
        stopped_though_believed("claim", &air, &table)
    };
    for column in 0..COUNT {
        // another call, caller, value or slot than the receipt shows, and more than it shows
        for row in 0..4 {
            assert_eq!(stopped(row, column), [column.to_string()]);
        }
    }
    // a slot sent twice, a turn that nobody takes, a row more than the claim's; a look-up as often as asked
    for row in [0, 2, 3] {
        assert_eq!(stopped(row, COUNT), [COUNT.to_string()]);
    }
    assert_eq!(stopped(1, COUNT), [""; 0]);
}
