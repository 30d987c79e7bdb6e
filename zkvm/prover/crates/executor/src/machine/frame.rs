//! A frame: gas, memory, and what it knows of its message (ISA 2.1, 3, 5.1).

use std::ops::Range;
use std::sync::Arc;

use ruint::aliases::U256;

use super::library::Loaded;
use super::{Fault, Trap};
use crate::gas::{BEYOND_MEMORY_GAS, memory_gas, words_of};
use crate::host::Address;
use crate::host::journal::Checkpoint;
use crate::host::message::Kind;
use crate::host::state::Handle;
use crate::isa;
use crate::word::small;

/// Most bytes of memory that are held; a frame that pays for more is unsupported.
const MAX_MEMORY_BYTES: u64 = 1 << 30;
/// Offsets at or above it are out of gas (ISA 3.4).
const MEMORY_LIMIT: u64 = 1 << 32;
/// ENV kinds that change within a frame (ISA 9.8).
const RETURNDATASIZE: usize = 7;
const SELFBALANCE: usize = 17;

/// What a frame is entered with.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub depth: u32,
    pub kind: Kind,
    /// The account that runs the instruction, or the transaction's caller.
    pub from: Address,
    /// What CALLER gives.
    pub caller: Address,
    /// Storage context: what ADDRESS gives, or the account created.
    pub own: Handle,
    /// The account whose code runs, not followed through a delegation.
    pub target: Handle,
    /// What CALLVALUE gives.
    pub value: U256,
    pub is_static: bool,
    /// Gas given, the stipend included.
    pub gas: u64,
    /// The account created is charged for its code, which is checked; not so in a bare create (ISA 8.3).
    pub deposits: bool,
}

/// What a frame waits for while its callee runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    /// Slot of the result.
    pub out: u32,
    /// Where the callee's output goes.
    pub output: Range<usize>,
    /// It is a create.
    pub creates: bool,
    /// Index of the step in the trace.
    pub step: usize,
}

/// Where a traced frame stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Recording {
    /// Index in the trace's frames.
    pub index: usize,
    /// Base of the program's identifiers.
    pub base: u32,
    /// Clock of the entry.
    pub entry: u32,
    /// Region time.
    pub region: u32,
    /// By local identifier: the region time for which it was recorded last.
    pub recorded: Vec<u32>,
    /// Groups of undo records that its end takes if it fails.
    pub stores: u32,
    /// Steps and pure steps when it began.
    pub first: (usize, usize),
}

/// A running or suspended frame. Its buffers outlive it, for the next one.
#[derive(Debug)]
pub(super) struct Frame {
    pub entry: Entry,
    pub address: Address,
    pub loaded: Arc<Loaded>,
    /// Own code, arguments of creation code included.
    pub code: Arc<[u8]>,
    pub data: Vec<u8>,
    /// Values of ENV by kind.
    pub values: [U256; isa::ENV_KINDS.len()],
    /// Gas left: given - g - M(w).
    pub left: i64,
    /// w.
    pub words: u64,
    pub memory: Vec<u8>,
    pub topics: Vec<U256>,
    pub arguments: [U256; 7],
    /// Stack slots of the generic tier, from the bottom; 0 past the last.
    pub stack: Vec<U256>,
    /// Height of that stack.
    pub height: i64,
    pub output: Vec<u8>,
    /// Return data of the last callee.
    pub returned: Vec<u8>,
    /// Wires, registers, environment values and constants.
    pub slots: Vec<U256>,
    /// Position in the schedule.
    pub position: usize,
    pub pending: Pending,
    /// Before the frame's message did anything.
    pub before: Checkpoint,
    /// Before its code ran.
    pub begun: Checkpoint,
    /// Index among the transaction's messages.
    pub message: usize,
    pub recording: Recording,
}

impl Frame {
    pub fn new(entry: Entry, loaded: Arc<Loaded>) -> Self {
        Self {
            entry,
            address: [0; 20],
            loaded,
            code: Arc::default(),
            data: Vec::new(),
            values: [U256::ZERO; isa::ENV_KINDS.len()],
            left: 0,
            words: 0,
            memory: Vec::new(),
            topics: Vec::new(),
            arguments: [U256::ZERO; 7],
            stack: Vec::new(),
            height: 0,
            output: Vec::new(),
            returned: Vec::new(),
            slots: Vec::new(),
            position: 0,
            pending: Pending::default(),
            before: Checkpoint::default(),
            begun: Checkpoint::default(),
            message: 0,
            recording: Recording::default(),
        }
    }

    /// Makes it ready to run its program from the start, with what its entry gives.
    pub fn start(&mut self) {
        self.left = i64::try_from(self.entry.gas).unwrap_or(i64::MAX);
        (self.words, self.height, self.position) = (0, 0, 0);
        self.memory.clear();
        self.topics.clear();
        self.stack.clear();
        self.output.clear();
        self.returned.clear();
        self.values[RETURNDATASIZE] = U256::ZERO;
        let environment = self.loaded.fast.slots.environment as usize;
        let (registers, rest) = self.slots.split_at_mut(environment);
        registers.fill(U256::ZERO);
        rest[..self.values.len()].copy_from_slice(&self.values);
    }

    /// Takes what a callee left: gas, the result, return data, the balance it has now (ISA 9.4, 9.8).
    pub fn resume(&mut self, gas: u64, result: U256, returned: Vec<u8>, balance: U256) {
        self.left += i64::try_from(gas).unwrap_or(i64::MAX);
        self.returned = returned;
        let output = std::mem::take(&mut self.pending.output);
        let length = output.len().min(self.returned.len());
        if let Some(place) = self.memory.get_mut(output.start..output.start + length) {
            place.copy_from_slice(&self.returned[..length]);
        }
        self.values[RETURNDATASIZE] = U256::from(self.returned.len());
        self.values[SELFBALANCE] = balance;
        let environment = self.loaded.fast.slots.environment as usize;
        for kind in [RETURNDATASIZE, SELFBALANCE] {
            self.slots[environment + kind] = self.values[kind];
        }
        self.slots[self.pending.out as usize] = result;
    }

    /// g: charged so far without memory growth.
    pub fn charged(&self) -> u64 {
        let given = i64::try_from(self.entry.gas).unwrap_or(i64::MAX);
        u64::try_from(given - memory_gas(self.words) - self.left).unwrap_or(0)
    }

    /// Halts if gas left is negative.
    #[inline]
    pub fn notice(&self) -> Result<(), Trap> {
        if self.left < 0 { Err(Trap::OutOfGas) } else { Ok(()) }
    }

    /// Halts if the frame is static (ISA 9.3).
    #[inline]
    pub fn change(&self) -> Result<(), Trap> {
        if self.entry.is_static { Err(Trap::Halt) } else { Ok(()) }
    }

    /// What JMPD to no entry of the jump table comes to (ISA 11.4).
    #[cold]
    pub fn nowhere(&self, target: U256) -> Trap {
        let own = self.loaded.program.code.len();
        let arguments = self.entry.kind.creates() && (U256::from(own)..U256::from(self.code.len())).contains(&target);
        if arguments && self.left >= 0 { Trap::Arguments } else { Trap::Halt }
    }

    /// MGROW (ISA 3.4).
    #[inline]
    pub fn grow(&mut self, offset: U256, length: U256) -> Result<(), Trap> {
        if let (Some(offset), Some(length)) = (small(offset), small(length))
            && let Some(end) = offset.checked_add(length)
        {
            if length == 0 || end <= self.words * 32 {
                return Ok(());
            }
            if end <= MEMORY_LIMIT {
                return self.grow_to(words_of(end));
            }
        } else if length.is_zero() {
            return Ok(());
        }
        // a halt only where gas does not pay for so much
        let beyond = BEYOND_MEMORY_GAS - memory_gas(self.words);
        if self.left >= beyond { Err(Trap::Unsupported { code: "memory-limit", what: "more than 2^32 bytes of memory" }) } else { Err(Trap::Halt) }
    }

    #[cold]
    fn grow_to(&mut self, words: u64) -> Result<(), Trap> {
        self.left -= memory_gas(words) - memory_gas(self.words);
        self.words = words;
        if self.left >= 0 {
            let bytes = words * 32;
            if bytes > MAX_MEMORY_BYTES {
                return Err(Trap::Unsupported { code: "memory-limit", what: "more than 2^30 bytes of memory" });
            }
            self.memory.resize(bytes as usize, 0);
        }
        Ok(())
    }

    /// Byte range of memory that MGROW has covered.
    #[inline]
    pub fn range(&self, offset: U256, length: U256) -> Result<Range<usize>, Trap> {
        if length.is_zero() {
            return Ok(0..0);
        }
        let (Some(offset), Some(length)) = (small(offset), small(length)) else {
            return Err(Fault::Uncovered.into());
        };
        let end = offset.checked_add(length).filter(|end| *end <= self.memory.len() as u64).ok_or(Fault::Uncovered)?;
        Ok(offset as usize..end as usize)
    }

    /// MLOAD.
    #[inline]
    pub fn load(&self, offset: U256) -> Result<U256, Trap> {
        let bytes = small(offset).and_then(|offset| self.memory.get(offset as usize..)?.first_chunk::<32>());
        bytes.map(|bytes| U256::from_be_bytes(*bytes)).ok_or(Trap::Fault(Fault::Uncovered))
    }

    /// MSTORE.
    #[inline]
    pub fn store(&mut self, offset: U256, word: U256) -> Result<(), Trap> {
        let bytes = small(offset).and_then(|offset| self.memory.get_mut(offset as usize..)?.first_chunk_mut::<32>());
        *bytes.ok_or(Fault::Uncovered)? = word.to_be_bytes::<32>();
        Ok(())
    }

    /// MSTORE8.
    #[inline]
    pub fn store_byte(&mut self, offset: U256, word: U256) -> Result<(), Trap> {
        let byte = small(offset).and_then(|offset| self.memory.get_mut(offset as usize));
        *byte.ok_or(Fault::Uncovered)? = word.byte(0);
        Ok(())
    }

    /// CALLDATALOAD. A create's arguments are no call data.
    #[inline]
    pub fn call_data(&self, offset: U256) -> U256 {
        let Some(tail) = small(offset).and_then(|offset| self.data.get(usize::try_from(offset).ok()?..)) else {
            return U256::ZERO;
        };
        match tail.first_chunk::<32>() {
            Some(bytes) => U256::from_be_bytes(*bytes),
            None => {
                let mut bytes = [0; 32];
                bytes[..tail.len()].copy_from_slice(tail);
                U256::from_be_bytes(bytes)
            }
        }
    }
}

/// Copies `source` from `offset` to `target`, zeros past its end.
pub(super) fn copy_padded(target: &mut [u8], source: &[u8], offset: U256) {
    let tail = small(offset).and_then(|offset| source.get(usize::try_from(offset).ok()?..)).unwrap_or(&[]);
    let (head, rest) = target.split_at_mut(tail.len().min(target.len()));
    head.copy_from_slice(&tail[..head.len()]);
    rest.fill(0);
}
