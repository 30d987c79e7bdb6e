use ruint::aliases::U256;
use sol2zk_executor::host::request::Request;
use sol2zk_executor::isa;
use sol2zk_executor::keccak::keccak256;
use sol2zk_executor::machine::{Library, trace};
use sol2zk_executor::program::{CodeKind, Instruction, Program};

use crate::config::Profile;
use crate::key::Key;
use crate::prove::prove;
use crate::verify::verify;
use crate::witness::Hashes;

mod claimable;
mod claims;
mod expectations;
mod families;
mod forgeries;
mod frames;
mod hashes;
mod hostile;
mod mutations;
mod outline;
mod overdrawn;
mod roots;
mod scene;
mod security;
mod size;
mod weakened;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::from("0x"), |text, byte| text + &format!("{byte:02x}"))
}

/// A program of the given instructions, for a code of one byte.
fn program(chained: &[(u16, [u32; 3], u32)], pure: &[(u16, [u32; 3])], constants: &[u64]) -> Program {
    let code = vec![0];
    let mut instructions: Vec<Instruction> = chained.iter().map(|&(op, fields, gas)| Instruction { op, fields, gas }).collect();
    instructions.extend(pure.iter().map(|&(op, fields)| Instruction { op, fields, gas: 0 }));
    Program {
        fork: 14,
        kind: CodeKind::Runtime,
        code_hash: keccak256(&code),
        chained: chained.len() as u32,
        instructions,
        constants: constants.iter().map(|&word| U256::from(word)).collect(),
        code,
        jump_table: vec![],
    }
}

fn request(calls: usize, gas: u64) -> Request {
    let call = format!(
        r#"{{"create":false,"caller":"{0}","origin":"{0}","to":"{1}","value":"0x0","data":"0x","gas":"{gas:#x}"}}"#,
        "0x00000000000000000000000000000000ca110001", "0x00000000000000000000000000000000c0de0001"
    );
    let calls = vec![call; calls].join(",");
    let text = format!(
        r#"{{"fork":"Osaka","contract":"0x00000000000000000000000000000000c0de0001","env":{{"number":"0x1","timestamp":"0x2","coinbase":"0x00000000000000000000000000000000c01b0001",
        "prevrandao":"0x2a","difficulty":"0x0","gas_limit":"0x1c9c380","chain_id":"0x1","base_fee":"0x1","blob_base_fee":"0x1","gas_price":"0x1","block_hashes":{{}},"blob_hashes":[]}},
        "state":{{"0x00000000000000000000000000000000c0de0001":{{"balance":"0x0","nonce":"0x1","code":"{}","storage":{{}}}}}},"calls":[{calls}]}}"#,
        hex(&[0])
    );
    Request::parse(&text).unwrap()
}

/// REGION; if 1 < 2 goto 5; HALT; (4) STOP ... a loop-free program over comparisons.
fn branches() -> Program {
    // identifiers: 1 REGION 2 BNZ 8 -> 4 3 HALT 4 REGION 5 BLT 9 10 -> 7 6 HALT 7 STOP 8 LT 9 10; constants 9 = 1, 10 = 2
    program(
        &[
            (isa::REGION, [0, 0, 0], 3),
            (isa::BNZ, [8, 0, 4], 10),
            (isa::HALT, [0, 0, 0], 0),
            (isa::REGION, [0, 0, 0], 1),
            (isa::BLT, [9, 10, 7], 7),
            (isa::HALT, [0, 0, 0], 0),
            (isa::STOP, [0, 0, 0], 2),
        ],
        &[(isa::LT, [9, 10, 0])],
        &[1, 2],
    )
}

fn receipt(program: Program, request: &Request) -> Vec<u8> {
    let profile = Profile::by_name("test").unwrap();
    let library = Library::decode([program.encode().as_slice()]).unwrap();
    let (_, run) = trace(request, &library, 1 << 20).unwrap();
    let key = Key::new(&run.programs, &crate::config::PROFILES[usize::from(profile)]).unwrap();
    prove(request, &run, key, profile, Hashes::Proven).unwrap().bytes
}

#[test]
fn a_hand_assembled_program_is_proven_and_verified() {
    let bytes = receipt(branches(), &request(2, 1000));
    let verified = verify(&bytes, true).map_err(|rejection| rejection.to_string()).unwrap();
    assert_eq!(verified.receipt.statement.calls[1].gas_left, 1000 - 23);
    assert!(verify(&bytes, false).is_err());
}

#[test]
fn out_of_gas_is_proven() {
    for gas in [0, 2, 12, 13, 20, 22] {
        let bytes = receipt(branches(), &request(1, gas));
        let verified = verify(&bytes, true).map_err(|rejection| rejection.to_string()).unwrap();
        assert_eq!(verified.receipt.statement.calls[0].status, 2);
    }
}

/// Every pure instruction of words that has a chip, on small and large words.
/// With `edges` the second operand is 0, or beyond 256 for shifts and bytes.
fn arithmetic(edges: bool) -> Program {
    let constants = if edges { [0, 1 << 33, 1 << 40, u64::MAX] } else { [0, 7, 31, 0xffff_1234_5678] }.map(U256::from);
    let constants = constants.map(|word| if word == U256::from(u64::MAX) { U256::MAX } else { word });
    let unary = [isa::ISZERO, isa::NOT];
    let ternary = [isa::ADDMOD, isa::MULMOD];
    let binary = [
        isa::ADD,
        isa::SUB,
        isa::MUL,
        isa::DIV,
        isa::SDIV,
        isa::MOD,
        isa::SMOD,
        isa::SIGNEXTEND,
        isa::LT,
        isa::GT,
        isa::SLT,
        isa::SGT,
        isa::EQ,
        isa::AND,
        isa::OR,
        isa::XOR,
        isa::BYTE,
        isa::SHL,
        isa::SHR,
        isa::SAR,
    ];
    let count = unary.len() + ternary.len() + binary.len();
    // Identifiers: 1 REGION, a SET for each, STOP; then NOT of the largest constant, then each instruction; then the constants.
    let first = count as u32 + 3;
    let constant = |i: u32| first + 1 + count as u32 + i;
    let mut pure = vec![(isa::NOT, [constant(3), 0, 0])];
    pure.extend(unary.map(|op| (op, [first, 0, 0])));
    pure.extend(binary.map(|op| (op, [constant(if matches!(op, isa::SHL | isa::SHR | isa::SAR | isa::BYTE | isa::SIGNEXTEND) { 1 } else { 3 }), first, 0])));
    pure.extend(ternary.map(|op| (op, [first, first, constant(if edges { 0 } else { 2 })])));
    let mut chained = vec![(isa::REGION, [0, 0, 0], 3)];
    chained.extend((0..count as u32).map(|i| (isa::SET, [first + 1 + i, 0, i], 1)));
    chained.push((isa::STOP, [0, 0, 0], 0));
    scene::program_of(CodeKind::Runtime, &[0], &chained, &pure.iter().map(|&(op, fields)| (op, fields, 0)).collect::<Vec<_>>(), &constants)
}

#[test]
fn arithmetic_is_proven() {
    for edges in [false, true] {
        let bytes = receipt(arithmetic(edges), &request(1, 1000));
        let verified = verify(&bytes, true).map_err(|rejection| rejection.to_string()).unwrap();
        assert_eq!(verified.receipt.statement.calls[0].gas_left, 1000 - 3 - 24);
    }
}

#[test]
fn tables_have_their_indices() {
    let claim = sol2zk_chips::claim::ClaimAir::new(vec![]);
    for (i, name) in crate::tables::NAMES.iter().enumerate().skip(crate::key::FIXED) {
        assert_eq!(crate::tables::table(i, 14, &claim).name(), *name);
    }
}

/// Environment, call data, memory, gas, registers and storage before an end: a row of each of these chips in a real proof.
fn effects(end: (u16, [u32; 3], u32)) -> Program {
    // constants 20 = 0, 21 = 1, 22 = 5, 23 = 32, 24 = 2^40
    program(
        &[
            (isa::REGION, [0, 0, 0], 3),
            (isa::ENV, [0, 0, 1], 2),
            (isa::SET, [2, 0, 0], 0),
            (isa::CALLDATALOAD, [20, 0, 0], 3),
            (isa::CALLDATALOAD, [24, 0, 0], 3),
            (isa::MGROW, [20, 23, 0], 6),
            (isa::MSTORE, [20, 5, 0], 3),
            (isa::MLOAD, [20, 0, 0], 3),
            (isa::SET, [8, 0, 1], 0),
            (isa::MSIZE, [0, 0, 0], 2),
            (isa::SET, [10, 0, 2], 0),
            (isa::GAS, [0, 0, 0], 2),
            (isa::SET, [12, 0, 3], 0),
            (isa::SLOAD, [20, 0, 0], 100),
            (isa::SSTORE, [20, 22, 0], 3),
            (isa::SSTORE, [21, 14, 0], 3),
            (isa::GET, [0, 0, 3], 0),
            (isa::SSTORE, [22, 17, 0], 3),
            end,
        ],
        &[],
        &[0, 1, 5, 32, 1 << 40],
    )
}

#[test]
fn effects_are_proven_and_undone() {
    let calls = |program: Program, gas: u64| -> Vec<(u8, u64)> {
        let bytes = receipt(program, &request(2, gas));
        let verified = verify(&bytes, true).map_err(|rejection| rejection.to_string()).unwrap();
        verified.receipt.statement.calls.iter().map(|call| (call.status, call.gas_left)).collect()
    };
    let (stop, revert) = ((isa::STOP, [0, 0, 0], 0), (isa::REVERT, [20, 20, 0], 0));
    // static 136, memory 3, cold load 2000; stores: create warm, unchanged cold, create cold; in the second call: unchanged, create cold (of what the first stored), unchanged cold
    let spent = |stores: [u64; 3]| 136 + 3 + 2000 + stores.iter().sum::<u64>();
    let [first, second] = [[20_000, 2200, 22_100], [100, 22_100, 2200]].map(spent);
    assert_eq!(calls(effects(stop), 100_000), [(0, 100_000 - first), (0, 100_000 - second)]);
    assert_eq!(calls(effects(revert), 100_000), [(1, 100_000 - first); 2]);
    // at the last store: 2300 left (a trap), too little for its dynamic gas, and just enough
    let before = first - 22_100;
    for (left, status) in [(0, 2), (2300, 2), (2301, 2), (22_099, 2), (22_100, 0)] {
        assert_eq!(calls(effects(stop), before + left)[0].0, status, "{left} left at the last store");
    }
}
