//! Order and slots of small programs.

use super::*;
use crate::isa::{ADD, BNZ, CALLDATALOAD, GET, JMP, MOVE, MUL, PHI, REGION, SET, STOP};
use crate::lint::lint;
use crate::testing::{Line, program};

const NONE: [u32; 3] = [0; 3];

fn ids(chained: &[Line], pure: &[Line], constants: &[u64]) -> Result<Vec<u32>, Undefined> {
    let program = program(chained, pure, constants);
    let facts = lint(&program).unwrap();
    schedules(&program, &facts).map(|(plain, _)| plain.ids)
}

#[test]
fn pure_instructions_stand_before_their_first_reader() {
    let chained = [(REGION, NONE, 0), (GET, NONE, 0), (SET, [7, 0, 1], 0), (SET, [6, 0, 2], 0), (STOP, NONE, 0)];
    let pure = [(ADD, [2, 9, 0], 0), (MUL, [6, 6, 0], 0), (ADD, [6, 9, 0], 0)];
    assert_eq!(ids(&chained, &pure, &[1]), Ok(vec![1, 2, 6, 7, 3, 4, 5]));
}

#[test]
fn arms_compute_their_own_and_joins_reuse_what_dominates() {
    let chained = [
        (REGION, NONE, 0),
        (CALLDATALOAD, [11, 0, 0], 0),
        (BNZ, [9, 0, 6], 0),
        (SET, [10, 0, 0], 0),
        (JMP, [0, 0, 7], 0),
        (SET, [10, 0, 1], 0),
        (SET, [10, 0, 2], 0),
        (STOP, NONE, 0),
    ];
    let pure = [(ADD, [2, 2, 0], 0), (MUL, [9, 9, 0], 0)];
    assert_eq!(ids(&chained, &pure, &[0]), Ok(vec![1, 2, 9, 3, 10, 4, 5, 10, 6, 10, 7, 8]));
}

#[test]
fn wires_that_some_path_does_not_give_are_refused() {
    let arm = [(REGION, NONE, 0), (BNZ, [6, 0, 4], 0), (GET, NONE, 0), (SET, [3, 0, 0], 0), (STOP, NONE, 0)];
    assert_eq!(ids(&arm, &[], &[1]), Err(Undefined { reader: 4, wire: 3 }));
    let phi = [(REGION, NONE, 0), (BNZ, [7, 0, 4], 0), (MOVE, [7, 0, 6], 0), (SET, [6, 0, 0], 0), (STOP, NONE, 0)];
    assert_eq!(ids(&phi, &[(PHI, NONE, 0)], &[1]), Err(Undefined { reader: 4, wire: 6 }));
}

#[test]
fn deep_chains_do_not_recurse() {
    let count = 100_000;
    let chained = [(REGION, NONE, 0), (SET, [2 + count + 1, 0, 0], 0), (STOP, NONE, 0)];
    let last = 3 + count;
    let pure: Vec<Line> = (4..=last).map(|id| (ADD, if id == 4 { [last + 1, last + 1, 0] } else { [id - 1, id - 1, 0] }, 0)).collect();
    let chained = [chained[0], (SET, [last, 0, 0], 0), chained[2]];
    assert_eq!(ids(&chained, &pure, &[1]).unwrap().len(), count as usize + 3);
}

#[test]
fn the_fast_schedule_charges_what_the_plain_one_does() {
    let chained = [(REGION, NONE, 1), (CALLDATALOAD, [9, 0, 0], 3), (BNZ, [2, 0, 5], 10), (SET, [9, 0, 0], 100), (SET, [9, 0, 1], 1000), (STOP, NONE, 0)];
    let mut chained = chained.to_vec();
    chained[1].1 = [7, 0, 0];
    chained[3].1 = [7, 0, 0];
    chained[4].1 = [7, 0, 1];
    let program = program(&chained, &[], &[0]);
    let facts = lint(&program).unwrap();
    let (_, fast) = schedules(&program, &facts).unwrap();
    let charges: Vec<_> = fast.ops.iter().filter(|op| op.steps > 0).map(|op| (op.code, op.gas, op.steps)).collect();
    assert_eq!(charges, [(BNZ, 14, 3), (isa::CHARGE, 100, 1), (STOP, 1000, 2)]);
}
