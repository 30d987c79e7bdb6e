//! Bodies round-trip, and hostile ones are refused.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Program, ProgramError};
use crate::isa::{ADD, JMP, JMPR, LABEL, REGION, SET};
use crate::testing::program;
use crate::trace::Placed;

fn sample() -> Program {
    let none = [0; 3];
    let chained = [(REGION, none, 7), (SET, [6, 0, 9], 0), (JMP, [0, 0, 4], 0), (LABEL, none, 0), (JMPR, [7, 0, 0], 1)];
    let mut out = program(&chained, &[(ADD, [7, 8, 0], 0)], &[5, 6]);
    out.jump_table = vec![(0, 4)];
    out
}

#[test]
fn bodies_round_trip() {
    let body = sample().encode();
    assert_eq!(Program::decode(&body), Ok(sample()));
    for length in 0..body.len() {
        assert!(Program::decode(&body[..length]).is_err(), "{length}");
    }
    let mut long = body.clone();
    long.push(0);
    assert!(matches!(Program::decode(&long), Err(ProgramError::Length { .. })));
}

#[test]
fn headers_are_checked() {
    let refused = |at: usize, byte: u8| {
        let mut body = sample().encode();
        body[at] = byte;
        Program::decode(&body).err()
    };
    assert_eq!(refused(0, 0), Some(ProgramError::Magic));
    assert_eq!(refused(4, 2), Some(ProgramError::Version(2)));
    assert_eq!(refused(6, 0), Some(ProgramError::OtherIsa));
    assert_eq!(refused(38, 15), Some(ProgramError::Header("fork")));
    assert_eq!(refused(39, 2), Some(ProgramError::Header("kind")));
    assert!(matches!(refused(40, 0), Some(ProgramError::Lint(_))));
    assert_eq!(refused(76, 7), Some(ProgramError::Header("C")));
    assert!(matches!(refused(83, 0xff), Some(ProgramError::Length { .. })));
}

#[test]
fn placing_shifts_identifiers_only() {
    let placed = Placed::place([Arc::new(sample()), Arc::new(sample())]).unwrap();
    assert_eq!(placed.iter().map(|program| (program.base, program.entry())).collect::<Vec<_>>(), [(0, 1), (8, 9)]);
    let rows: Vec<_> = placed[1].instructions().collect();
    assert_eq!(rows[1].1.fields, [14, 0, 9]);
    assert_eq!(rows[2].1.fields, [0, 0, 12]);
    assert_eq!(rows[4].1.fields, [15, 0, 8]);
    assert_eq!(rows[5], (14, crate::program::Instruction { op: ADD, fields: [15, 16, 0], gas: 0 }));
    assert_eq!(placed[1].constants().map(|(id, _)| id).collect::<Vec<_>>(), [15, 16]);
}

proptest! {
    #[test]
    fn mutated_bodies_never_panic(edits in proptest::collection::vec((0_usize..400, any::<u8>()), 1..4)) {
        let mut body = sample().encode();
        for (at, byte) in edits {
            let at = at % body.len();
            body[at] = byte;
        }
        if let Ok(program) = Program::decode_unlinted(&body) {
            let _ = crate::lint::lint(&program);
            let mut hashed = program;
            hashed.code_hash = crate::keccak::keccak256(&hashed.code);
            if crate::lint::lint(&hashed).is_ok() {
                let _ = crate::machine::Loaded::new(hashed);
            }
        }
    }

    #[test]
    fn random_programs_never_panic(
        lines in proptest::collection::vec((0_u16..0xa2, 0_u32..14, 0_u32..14, 0_u32..14), 1..12), chained in 1_u32..12,
    ) {
        let lines: Vec<_> = lines.into_iter().map(|(op, a, b, c)| (op, [a, b, c], 0)).collect();
        let mut random = program(&lines, &[], &[1, 2]);
        random.chained = chained;
        let _ = crate::lint::lint(&random);
    }
}
