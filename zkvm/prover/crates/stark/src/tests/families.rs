//! A real proof of each family of chips, where the other tests have none: control, memory in every alignment, copies, hashes.

use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::keccak::keccak256;
use sol2zk_executor::program::{CodeKind, Program};

use super::scene::*;
use crate::receipt::Receipt;
use crate::verify::{Rejection, verify};

/// Assembles lines whose operands name constants by value: `k(value)` stands for the constant.
struct Assembler {
    chained: Vec<Line>,
    pure: Vec<Line>,
    constants: Vec<U256>,
}

/// Marks a constant by value, resolved by [`Assembler::program`].
const fn k(value: u32) -> u32 {
    0x4000_0000 + value
}

/// Marks the pure instruction of this index.
const fn pure(index: u32) -> u32 {
    0x2000_0000 + index
}

impl Assembler {
    fn program(mut self, code: &[u8]) -> Program {
        let marked = |&(_, fields, _): &Line| fields.into_iter().filter(|field| *field >= k(0)).map(|field| U256::from(field - k(0)));
        self.constants = self.chained.iter().chain(&self.pure).flat_map(|line| marked(line).collect::<Vec<_>>()).collect();
        self.constants.sort();
        self.constants.dedup();
        let (chained, count) = (self.chained.len() as u32, (self.chained.len() + self.pure.len()) as u32);
        let place = |field: u32| match field {
            field if field >= k(0) => count + 1 + self.constants.binary_search(&U256::from(field - k(0))).unwrap() as u32,
            field if field >= pure(0) => chained + 1 + field - pure(0),
            field => field,
        };
        let resolved = |lines: &[Line]| -> Vec<Line> { lines.iter().map(|&(op, fields, gas)| (op, fields.map(place), gas)).collect() };
        program_of(CodeKind::Runtime, code, &resolved(&self.chained), &resolved(&self.pure), &self.constants)
    }
}

/// A program with `constants` found in its lines, which may name them by value.
fn assemble(code: &[u8], chained: &[Line], pure: &[Line]) -> Program {
    Assembler { chained: chained.to_vec(), pure: pure.to_vec(), constants: vec![] }.program(code)
}

/// Output of a call of `program` that succeeds, as proven.
fn output(program: &Program, data: &[u8]) -> Vec<u8> {
    let batch = request(program, vec![call(data, 100_000)]);
    assert_eq!(outcomes(&batch, &[program])[0].0, 0);
    let mut calls = accepted(&receipt(&batch, &[program])).receipt.statement.calls;
    calls.remove(0).output
}

/// Aligned and unaligned accesses and every copy; the code is 0xaabbcc.
pub(super) fn memory() -> Program {
    assemble(
        &[0xaa, 0xbb, 0xcc],
        &[
            (isa::REGION, [0, 0, 0], 3),
            (isa::MGROW, [k(0), k(160), 0], 0),
            (isa::CALLDATALOAD, [k(0), 0, 0], 3),
            (isa::MSTORE, [k(3), 3, 0], 3),
            (isa::MSTORE8, [k(70), 3, 0], 3),
            (isa::MLOAD, [k(1), 0, 0], 3),
            (isa::MSTORE, [k(96), 6, 0], 3),
            (isa::MCOPY, [k(5), k(3), k(40)], 3),
            (isa::CALLDATACOPY, [k(100), k(30), k(9)], 3),
            (isa::CODECOPY, [k(120), k(1), k(4)], 3),
            (isa::MCOPY, [k(64), k(60), k(0)], 3),
            (isa::RETURN, [k(1), k(135), 0], 0),
        ],
        &[],
    )
}

#[test]
fn memory_is_proven_in_every_alignment() {
    let program = memory();
    let data: Vec<u8> = (1..=34).collect();
    let mut memory = [0; 160];
    memory[3..35].copy_from_slice(&data[..32]);
    memory[70] = data[31];
    let word = memory[1..33].to_vec();
    memory[96..128].copy_from_slice(&word);
    memory.copy_within(3..43, 5);
    memory[100..109].copy_from_slice(&[&data[30..], &[0; 5][..]].concat());
    memory[120..124].copy_from_slice(&[0xbb, 0xcc, 0, 0]);
    assert_eq!(output(&program, &data), memory[1..136]);
}

/// Copies its call data and returns it, from an odd offset on.
fn many_values() -> Program {
    assemble(
        &[0],
        &[
            (isa::REGION, [0, 0, 0], 3),
            (isa::MGROW, [k(0), k(40_000), 0], 0),
            (isa::CALLDATACOPY, [k(1), k(0), k(39_000)], 3),
            (isa::RETURN, [k(0), k(32), 0], 0),
        ],
        &[],
    )
}

/// A run that meets few 16-bit values has a row for each, one that meets many the table of all; a row for each is all that the first may have.
#[test]
fn values_are_looked_up_in_the_cheaper_table() {
    let program = many_values();
    let mut seeded = 1_u64;
    let mut noise = || {
        seeded = seeded.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seeded >> 33) as u8
    };
    for (data, many) in [((0..39_000).map(|_| noise()).collect::<Vec<u8>>(), true), (vec![7; 39_000], false)] {
        let bytes = receipt(&request(&program, vec![call(&data, 1_000_000)]), &[&program]);
        let receipt = accepted(&bytes).receipt;
        assert_eq!(receipt.statement.calls[0].output[1..], data[..31]);
        let has = |name: &str| receipt.tables >> crate::tables::index(name).unwrap() & 1 == 1;
        assert_eq!((has("range"), has("limb")), (many, !many));
        if many {
            let place = receipt.proof.degree_bits.len() - 1;
            for height in [11, 13] {
                let mut forged = Receipt::decode(&bytes).unwrap();
                forged.proof.degree_bits[place] = height;
                assert_eq!(verify(&forged.encode(), true).err(), Some(Rejection::Tables("the range table has another height")));
            }
        }
    }
}

/// Signed division of call data words, then copies from beyond the data and the code.
pub(super) fn signed_and_far() -> Program {
    assemble(
        &[0xaa],
        &[
            (isa::REGION, [0, 0, 0], 3),
            (isa::MGROW, [k(0), k(96), 0], 0),
            (isa::CALLDATALOAD, [k(0), 0, 0], 3),
            (isa::CALLDATALOAD, [k(32), 0, 0], 3),
            (isa::MSTORE, [k(0), pure(0), 0], 3),
            (isa::MSTORE, [k(32), pure(1), 0], 3),
            (isa::MSTORE, [k(64), pure(2), 0], 3),
            (isa::CALLDATACOPY, [k(70), pure(2), k(3)], 3),
            (isa::CODECOPY, [k(80), pure(2), k(3)], 3),
            (isa::CALLDATALOAD, [pure(2), 0, 0], 3),
            (isa::SET, [10, 0, 0], 0),
            (isa::RETURN, [k(0), k(96), 0], 0),
        ],
        &[(isa::SDIV, [3, 4, 0], 0), (isa::SMOD, [3, 4, 0], 0), (isa::NOT, [k(0), 0, 0], 0)],
    )
}

#[test]
fn signed_division_and_far_copies_are_proven() {
    let number = |value: i128| -> [u8; 32] {
        if value < 0 { U256::ZERO.wrapping_sub(U256::from(value.unsigned_abs())) } else { U256::from(value as u128) }.to_be_bytes()
    };
    let far = [&[0xff; 6][..], &[0; 3], &[0xff; 7], &[0; 3], &[0xff; 13]].concat();
    for (a, b, quotient, rest) in [(-7, 3, -2, -1), (7, -3, -2, 1), (-7, -3, 2, -1), (-1 << 64, 1 << 32, -1 << 32, 0), (-5, 0, 0, 0)] {
        assert_eq!(output(&signed_and_far(), &[number(a), number(b)].concat()), [&number(quotient)[..], &number(rest), &far].concat());
    }
    let least: [u8; 32] = (U256::ONE << 255_usize).to_be_bytes();
    assert_eq!(output(&signed_and_far(), &[least, number(-1)].concat()), [&least[..], &[0; 32], &far].concat());
}

/// Hashes of memory and of wires.
pub(super) fn hashes() -> Program {
    assemble(
        &[0],
        &[
            (isa::REGION, [0, 0, 0], 3),
            (isa::MGROW, [k(0), k(160), 0], 0),
            (isa::CALLDATALOAD, [k(0), 0, 0], 3),
            (isa::MSTORE, [k(0), 3, 0], 3),
            (isa::SHA3, [k(0), k(64), 0], 30),
            (isa::SHA3, [k(7), k(5), 0], 30),
            (isa::SHA3, [k(200), k(0), 0], 30),
            (isa::MSTORE, [k(0), 5, 0], 3),
            (isa::MSTORE, [k(32), 6, 0], 3),
            (isa::MSTORE, [k(64), 7, 0], 3),
            (isa::MSTORE, [k(96), pure(0), 0], 3),
            (isa::MSTORE, [k(128), pure(1), 0], 3),
            (isa::RETURN, [k(0), k(160), 0], 0),
        ],
        &[(isa::HASH1, [3, 0, 0], 0), (isa::HASH2, [3, pure(0), 0], 0)],
    )
}

#[test]
fn hashes_are_proven() {
    let program = hashes();
    let data: Vec<u8> = (1..=32).collect();
    let one = keccak256(&data);
    let expected = [keccak256(&[&data[..], &[0; 32]].concat()), keccak256(&data[7..12]), keccak256(&[]), one, keccak256(&[&data[..], &one].concat())];
    assert_eq!(output(&program, &data), expected.concat());
}

/// Hashes of messages of several blocks: at unaligned offsets, ending in a block's last bytes, at its end, in a last block without message.
pub(super) fn long_hashes() -> Program {
    assemble(
        &[0],
        &[
            (isa::REGION, [0, 0, 0], 3),
            (isa::MGROW, [k(0), k(512), 0], 0),
            (isa::CALLDATACOPY, [k(0), k(0), k(420)], 3),
            (isa::SHA3, [k(0), k(136), 0], 30),
            (isa::SHA3, [k(5), k(271), 0], 30),
            (isa::SHA3, [k(64), k(272), 0], 30),
            (isa::SHA3, [k(9), k(407), 0], 30),
            (isa::SHA3, [k(1), k(160), 0], 30),
            (isa::MSTORE, [k(0), 4, 0], 3),
            (isa::MSTORE, [k(32), 5, 0], 3),
            (isa::MSTORE, [k(64), 6, 0], 3),
            (isa::MSTORE, [k(96), 7, 0], 3),
            (isa::MSTORE, [k(128), 8, 0], 3),
            (isa::RETURN, [k(0), k(160), 0], 0),
        ],
        &[],
    )
}

#[test]
fn hashes_of_many_blocks_are_proven() {
    let program = long_hashes();
    for data in [(0..420_u32).map(|i| (i * 7 + i / 3) as u8).collect(), vec![], vec![0xff; 420], vec![7; 34]] {
        let mut memory: Vec<u8> = data.clone();
        memory.resize(512, 0);
        let expected = [(0, 136), (5, 271), (64, 272), (9, 407), (1, 160)].map(|(at, length)| keccak256(&memory[at..at + length]));
        assert_eq!(output(&program, &data), expected.concat());
    }
}

/// EXP of call data words, and its gas.
pub(super) fn powers() -> Program {
    assemble(
        &[0],
        &[
            (isa::REGION, [0, 0, 0], 3),
            (isa::MGROW, [k(0), k(64), 0], 0),
            (isa::CALLDATALOAD, [k(0), 0, 0], 3),
            (isa::CALLDATALOAD, [k(32), 0, 0], 3),
            (isa::EXPGAS, [4, 0, 0], 10),
            (isa::MSTORE, [k(0), pure(0), 0], 3),
            (isa::MSTORE, [k(32), pure(1), 0], 3),
            (isa::RETURN, [k(0), k(64), 0], 0),
        ],
        &[(isa::EXP, [3, 4, 0], 0), (isa::EXP, [k(10), k(18), 0], 0)],
    )
}

#[test]
fn powers_are_proven() {
    let program = powers();
    for (base, exponent) in [(3, 5), (0, 0), (0, 7), (7, 0), (2, 255), (2, 256), (0xffff, 0x1_0001)] {
        let [base, exponent] = [base, exponent].map(U256::from);
        let data = [base, exponent].map(|word| word.to_be_bytes::<32>()).concat();
        let ten = U256::from(10).pow(U256::from(18)).to_be_bytes::<32>();
        assert_eq!(output(&program, &data), [base.wrapping_pow(exponent).to_be_bytes::<32>(), ten].concat());
    }
}

/// A branch on call data word 0 (against 5), joined by a PHI; then a jump to a label by its identifier.
pub(super) fn branch(op: u16) -> Program {
    let other = if matches!(op, isa::BNZ | isa::BZ) { 0 } else { k(5) };
    assemble(
        &[0],
        &[
            (isa::REGION, [0, 0, 0], 3),
            (isa::CALLDATALOAD, [k(0), 0, 0], 3),
            (op, [2, other, 6], 10),
            (isa::MOVE, [k(7), 0, pure(0)], 0),
            (isa::JMP, [0, 0, 8], 1),
            (isa::MOVE, [k(9), 0, pure(0)], 0),
            (isa::JMP, [0, 0, 8], 1),
            (isa::SET, [pure(0), 0, 3], 0),
            (isa::JMPR, [k(11), 0, 0], 8),
            (isa::REGION, [0, 0, 0], 0),
            (isa::LABEL, [0, 0, 0], 1),
            (isa::GET, [0, 0, 3], 0),
            (isa::MGROW, [k(0), k(32), 0], 0),
            (isa::MSTORE, [k(0), 12, 0], 3),
            (isa::RETURN, [k(0), k(32), 0], 0),
        ],
        &[(isa::PHI, [0, 0, 0], 0)],
    )
}

#[test]
fn control_is_proven() {
    let ops = [isa::BNZ, isa::BZ, isa::BEQ, isa::BNE, isa::BLT, isa::BGE, isa::BSLT, isa::BSGE];
    for (op, data) in ops.into_iter().flat_map(|op| [0, 5, 0xff].map(|byte| (op, byte))) {
        let program = branch(op);
        let word = if data == 0xff { [0xff; 32] } else { [vec![0; 31], vec![data]].concat().try_into().unwrap() };
        let signed = |x: u8| if x == 0xff { -1 } else { i32::from(x) };
        let taken = match op {
            isa::BNZ => data != 0,
            isa::BZ => data == 0,
            isa::BEQ => data == 5,
            isa::BNE => data != 5,
            isa::BLT => data < 5,
            isa::BGE => data >= 5,
            isa::BSLT => signed(data) < 5,
            _ => signed(data) >= 5,
        };
        assert_eq!(output(&program, &word).last(), Some(if taken { &9 } else { &7 }), "{op:#x} of {data}");
    }
}

/// A word beyond a program's own identifiers must not lead to the label of another program: the two name their base in the ROM.
#[test]
fn labels_belong_to_their_program() {
    let labelled = [(isa::REGION, [0, 0, 0], 1), (isa::JMPR, [k(3), 0, 0], 8), (isa::LABEL, [0, 0, 0], 1), (isa::STOP, [0, 0, 0], 0)];
    let programs = [&[0][..], &[0, 0]].map(|code| std::sync::Arc::new(assemble(code, &labelled, &[])));
    let placed = sol2zk_executor::trace::Placed::place(programs).unwrap();
    let rows = crate::key::rom_rows(&placed);
    for op in [isa::LABEL, isa::JMPR] {
        let bases: Vec<u32> = rows.iter().filter(|row| row.op & 0xff == u32::from(op)).map(|row| row.fields[2]).collect();
        assert_eq!(bases, [placed[0].base, placed[1].base]);
    }
    assert_ne!(placed[1].base, 0);
}

/// Two programs in one proof: the second one's identifiers are shifted, its jumps by identifier too; each has its own storage.
#[test]
fn programs_share_a_proof() {
    let labelled = |word: u32| {
        [
            (isa::REGION, [0, 0, 0], 1),
            (isa::SLOAD, [k(0), 0, 0], 100),
            (isa::SSTORE, [k(0), k(word), 0], 0),
            (isa::SSTORE, [k(1), 2, 0], 0),
            (isa::JMPR, [k(7), 0, 0], 8),
            (isa::REGION, [0, 0, 0], 0),
            (isa::LABEL, [0, 0, 0], 1),
            (isa::STOP, [0, 0, 0], 0),
        ]
    };
    let first = assemble(&[0], &labelled(8), &[]);
    let second = assemble(&[0, 0], &labelled(9), &[]);
    let mut batch = request(&first, vec![call(&[], 100_000); 4]);
    let other = address(0xc0df);
    batch.state.insert(other, account(0, &second.code, &[(0, 5)]));
    for i in [1, 3] {
        batch.calls[i].to = other;
    }
    let programs = [&first, &second];
    assert!(outcomes(&batch, &programs).iter().all(|outcome| outcome.0 == 0));
    let statement = accepted(&receipt(&batch, &programs)).receipt.statement;
    let slots: Vec<_> = statement.slots.iter().map(|slot| (slot.account, slot.key[31], slot.before[31], slot.after[31])).collect();
    assert_eq!(slots, [(0, 0, 0, 8), (0, 1, 0, 8), (1, 0, 5, 9), (1, 1, 0, 9)]);
}
