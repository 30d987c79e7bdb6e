use std::collections::BTreeSet;
use std::sync::Arc;

use p3_air::Air;
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_matrix::Matrix;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{PoolAir, RomAir};
use crate::bus::{F, name};
use crate::context::{Context, RomRow};
use crate::evaluate::{Balance, Evaluator, evaluate};
use crate::testing::with_limbs;

fn rom() -> RomAir {
    let row = |id, op: u16| RomRow { id, op: op.into(), fields: [7, 8, 9 + id], gas: 3 };
    RomAir { rows: Arc::new(vec![row(4, isa::ADD), row(5, isa::STOP), row(9, isa::JMP)]) }
}

fn pool() -> PoolAir {
    PoolAir { constants: Arc::new(vec![(3, U256::MAX), (4, U256::from(5)), (8, U256::ONE << 200_usize)]) }
}

/// What a table says.
fn said<A: for<'a> Air<Evaluator<'a>>>(air: &A, table: &RowMajorMatrix<F>) -> Balance {
    let mut balance = Balance::new();
    assert_eq!(evaluate("rom", air, table, &mut balance), None);
    balance
}

/// What a table can say, whatever multiplicities a prover writes.
fn entries<A: for<'a> Air<Evaluator<'a>>>(air: &A) -> BTreeSet<(String, Vec<u32>)> {
    let height = air.preprocessed_trace().expect("fixed entries").height();
    said(air, &RowMajorMatrix::new(vec![F::ONE; height], 1)).into_keys().collect()
}

#[test]
fn entries_are_given_as_often_as_counted() {
    let mut ctx = Context::default();
    ctx.executions.extend([(4, 2), (9, 5)]);
    ctx.uses.extend([((0, 3), 6), ((0, 8), 1), ((44, 4), 9)]);
    let counted =
        |bus: &str, entries: &[(Vec<u32>, u32)]| entries.iter().map(|(entry, count)| ((bus.to_owned(), entry.clone()), -F::from_u32(*count))).collect();
    let instructions: Balance = counted(name::ROM, &[(vec![4, isa::ADD.into(), 7, 8, 13, 3], 2), (vec![9, isa::JMP.into(), 7, 8, 18, 3], 5)]);
    assert_eq!(said(&rom(), &rom().generate(&ctx)), instructions);
    let constants: Balance = counted(name::WIRE, &[(with_limbs(&[0, 3], U256::MAX), 6), (with_limbs(&[0, 8], U256::ONE << 200_usize), 1)]);
    assert_eq!(said(&pool(), &pool().generate(&ctx)), constants);
}

/// A signed immediate stands for its number, and no two that the lint admits stand for the same element: as u32, -1 would be 33,554,429.
#[test]
fn signed_immediates_are_field_elements() {
    let element = |op: u16, c: i32| RomRow { id: 4, op: u32::from(op) | 1 << 8, fields: [0, 0, c.cast_unsigned()], gas: 0 }.tuple()[4];
    for op in [isa::SCHK, isa::SLD, isa::SST, isa::SADJ] {
        for c in [0, 1, 1024, (1 << 24) - 1, -1, -1024, 1 - (1 << 24)] {
            assert_eq!(element(op, c), F::from_i64(c.into()));
        }
        assert_ne!(element(op, -1), element(op, 33_554_429));
    }
    assert_eq!(element(isa::JMP, 9), F::from_u8(9));
    // what the bound keeps out
    assert_eq!(element(isa::SST, 1 - F::ORDER_U32.cast_signed()), element(isa::SST, 1));
}

/// The entries are the program's; a row more is the entry of zeros, which is no instruction and no constant.
#[test]
fn no_other_entry_can_be_given() {
    let all = |bus: &str, entries: Vec<Vec<u32>>| entries.into_iter().map(|entry| (bus.to_owned(), entry)).collect::<BTreeSet<_>>();
    let instructions = [(4, isa::ADD), (5, isa::STOP), (9, isa::JMP)].map(|(id, op)| vec![id, op.into(), 7, 8, 9 + id, 3]);
    assert_eq!(entries(&rom()), all(name::ROM, [&instructions[..], &[vec![0; 6]]].concat()));
    assert!(isa::row(0).is_none());
    let constants = [(0, U256::ZERO), (3, U256::MAX), (4, U256::from(5)), (8, U256::ONE << 200_usize)];
    assert_eq!(entries(&pool()), all(name::WIRE, constants.map(|(id, word)| with_limbs(&[0, id], word)).to_vec()));
}
