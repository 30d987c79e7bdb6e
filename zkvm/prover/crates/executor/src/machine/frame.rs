//! A frame: gas, memory, and what it may reach (ISA 2.1, 3, 5.1).

use std::ops::Range;
use std::sync::Arc;

use ruint::aliases::U256;

use super::{ARGUMENTS, Fault, Trap};
use crate::gas::{BEYOND_MEMORY_GAS, Rules, memory_gas, words_of};
use crate::host::Address;
use crate::host::request::Environment;
use crate::host::result::Log;
use crate::host::state::{Slot, WordMap, World};
use crate::isa;
use crate::word::small;

/// Most bytes of memory that are held; a frame that pays for more is unsupported.
const MAX_MEMORY_BYTES: u64 = 1 << 30;
/// Offsets at or above it are out of gas (ISA 3.4).
const MEMORY_LIMIT: u64 = 1 << 32;

/// What a frame is entered with.
pub(super) struct Entry<'a> {
    pub call: u32,
    pub address: Address,
    /// The frame runs creation code.
    pub creates: bool,
    /// Own code, constructor arguments included.
    pub code: Arc<[u8]>,
    pub data: &'a [u8],
    pub gas: u64,
    /// Values of ENV by kind.
    pub values: [U256; isa::ENV_KINDS.len()],
}

/// A running frame.
pub(super) struct Frame<'a> {
    pub entry: Entry<'a>,
    pub env: &'a Environment,
    pub rules: Rules,
    pub world: &'a mut World,
    /// Gas left: given - g - M(w).
    pub left: i64,
    /// w.
    pub words: u64,
    pub memory: Vec<u8>,
    /// The account's slots, taken from the world while the frame runs.
    pub storage: WordMap<Slot>,
    pub transient: WordMap<U256>,
    /// Slots and old words in order of the stores.
    pub undo: Vec<(U256, U256)>,
    /// TSTOREs so far.
    pub transient_stores: usize,
    pub refund: i64,
    pub logs: Vec<Log>,
    pub topics: Vec<U256>,
    pub arguments: [U256; 7],
    /// Stack slots of the generic tier, from the bottom; 0 past the last.
    pub stack: Vec<U256>,
    /// Height of that stack.
    pub height: i64,
    pub output: Vec<u8>,
    pub destroyed: Vec<Address>,
}

impl<'a> Frame<'a> {
    pub fn new(entry: Entry<'a>, env: &'a Environment, world: &'a mut World, memory: Vec<u8>) -> Self {
        let storage = std::mem::take(&mut world.account(entry.address).storage);
        Self {
            left: i64::try_from(entry.gas).unwrap_or(i64::MAX),
            entry,
            env,
            rules: world.rules,
            world,
            words: 0,
            memory,
            storage,
            transient: WordMap::default(),
            undo: Vec::new(),
            transient_stores: 0,
            refund: 0,
            logs: Vec::new(),
            topics: Vec::new(),
            arguments: [U256::ZERO; 7],
            stack: Vec::new(),
            height: 0,
            output: Vec::new(),
            destroyed: Vec::new(),
        }
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

    /// What JMPD to no entry of the jump table comes to (ISA 11.4); `own` is the length of the program's code.
    #[cold]
    pub fn nowhere(&self, target: U256, own: usize) -> Trap {
        let arguments = self.entry.creates && (U256::from(own)..U256::from(self.entry.code.len())).contains(&target);
        if arguments && self.left >= 0 { ARGUMENTS } else { Trap::Halt }
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
        let Some(tail) = small(offset).and_then(|offset| self.entry.data.get(usize::try_from(offset).ok()?..)) else {
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
