//! Programs and requests for tests.

use ruint::aliases::U256;

use crate::host::request::{AccountState, Environment, Request, Transaction};
use crate::isa;
use crate::keccak::keccak256;
use crate::program::{CodeKind, Instruction, Program};

/// Account under test.
pub(crate) const CONTRACT: [u8; 20] = [0xc0; 20];
/// Caller.
pub(crate) const CALLER: [u8; 20] = [0xca; 20];

/// `(op, [a, b, c], gas)`.
pub(crate) type Line = (u16, [u32; 3], u32);

/// A program of chained and pure instructions and constants, for Osaka; the code is the two bytes 0x5b 0x00.
pub(crate) fn program(chained: &[Line], pure: &[Line], constants: &[u64]) -> Program {
    let line = |&(op, fields, gas): &Line| Instruction { op, fields, gas };
    let code = vec![0x5b, 0x00];
    Program {
        fork: isa::fork::OSAKA,
        kind: CodeKind::Runtime,
        code_hash: keccak256(&code),
        chained: chained.len() as u32,
        instructions: chained.iter().chain(pure).map(line).collect(),
        constants: constants.iter().copied().map(U256::from).collect(),
        code,
        jump_table: Vec::new(),
    }
}

/// A request that calls the program's code with `gas`, once for each data.
pub(crate) fn request(program: &Program, gas: u64, data: &[&[u8]]) -> Request {
    let account = AccountState { balance: U256::from(1000), nonce: 1, code: program.code.clone().into(), storage: [].into() };
    let payer = AccountState { balance: U256::from(10), nonce: 0, code: Vec::new().into(), storage: [].into() };
    let create = |code: &[u8]| (program.kind == CodeKind::Creation).then(|| code.into());
    let call = |data: &&[u8]| Transaction {
        create: create(&program.code),
        caller: CALLER,
        origin: CALLER,
        to: CONTRACT,
        value: U256::ZERO,
        data: data.to_vec(),
        gas,
        env: None,
        terms: None,
    };
    Request {
        fork: program.fork,
        env: Environment { number: U256::from(300), ..Environment::default() },
        contract: CONTRACT,
        state: [(CONTRACT, account), (CALLER, payer)].into(),
        calls: data.iter().map(call).collect(),
        messages: false,
    }
}
