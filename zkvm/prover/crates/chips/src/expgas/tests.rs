use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{ExpGasAir, ExpGasCols, ExpGasRows};
use crate::bus::F;
use crate::testing::{Mock, numbers, padding_rejects, shape};

/// Exponents under Osaka (50 a byte) or Frontier (10).
fn bench(fork: u8, price: u64, exponents: &[U256]) -> (Mock, RowMajorMatrix<F>) {
    let mut mock = Mock::new();
    let mut rows = ExpGasRows::default();
    mock.context.fork = fork;
    for &exponent in exponents {
        let step = mock.chained(isa::EXPGAS, &[exponent], 0, 7, |step| step.charge += price * exponent.byte_len() as u64);
        rows.push(&step, &mut mock.context);
    }
    (mock, rows.finish().unwrap())
}

fn lengths() -> Vec<U256> {
    let ends = (0..256_usize).map(|bit| U256::ONE << bit).chain((0..256_usize).map(|bit| U256::MAX >> bit));
    ends.chain([U256::ZERO, U256::from(0x100), U256::from(0xff00)]).collect()
}

#[test]
fn every_length_is_charged() {
    for (fork, price) in [(isa::fork::OSAKA, 50), (0, 10)] {
        let (mock, table) = bench(fork, price, &lengths());
        assert_eq!(mock.check("expgas", &ExpGasAir { fork }, &table), None);
    }
}

#[test]
fn no_cell_but_unread_ones_can_be_changed() {
    let exponents = [U256::ZERO, U256::from(1), U256::from(0x100), U256::MAX, U256::ONE << 200_usize];
    let (mock, table) = bench(isa::fork::OSAKA, 50, &exponents);
    let inverse = ExpGasCols::view(&numbers(ExpGasCols::<F>::WIDTH)).inverse;
    // an exponent of 0 has no inverse
    let accepted = mock.accepted("expgas", &ExpGasAir { fork: isa::fork::OSAKA }, &table, 0..exponents.len());
    assert!(accepted.iter().all(|&cell| cell == (0, inverse)), "{accepted:?}");
}

#[test]
fn rows_that_are_not_real_say_nothing() {
    let numbers = numbers(ExpGasCols::<F>::WIDTH);
    let view = ExpGasCols::view(&numbers);
    assert!(view.marks.into_iter().chain([view.wide]).all(|column| padding_rejects(&ExpGasAir::default(), column)));
    println!("{:?}", shape(&ExpGasAir::default()));
}
