//! What chained instructions do that neither jump nor only name wires.

use ruint::aliases::U256;

use super::frame::{Frame, copy_padded};
use super::surroundings::Surroundings;
use super::{Fault, Trap};
use crate::gas::words_of;
use crate::host::result::Log;
use crate::isa;
use crate::keccak::keccak256;
use crate::rules::{COPY_WORD_GAS, HASH_WORD_GAS, LOG_BYTE_GAS};
use crate::trace::Status;
use crate::word::small;

/// Stack slots of the generic tier.
const STACK_LIMIT: i64 = 1024;

impl Frame {
    /// Charges `gas`, acts, gives the result (0 if there is none). `a`, `b`, `c` are words; `y` and `z` the fields b and c as immediates.
    pub(super) fn effect(&mut self, host: &mut Surroundings, op: u16, words: [U256; 3], y: u32, z: u32, gas: u32) -> Result<U256, Trap> {
        let [a, b, c] = words;
        self.left -= i64::from(gas);
        match op {
            isa::CHARGE => {}
            isa::MGROW => self.grow(a, b)?,
            isa::MLOAD => return self.load(a),
            isa::MSTORE => self.store(a, b)?,
            isa::MSTORE8 => self.store_byte(a, b)?,
            isa::MSIZE => return Ok(U256::from(self.words * 32)),
            isa::GAS => {
                self.notice()?;
                return Ok(U256::from(self.left.unsigned_abs()));
            }
            isa::SHA3 => return self.hash(a, b),
            isa::EXPGAS => self.left -= host.world.rules.exp_byte_gas * a.byte_len() as i64,
            isa::ENV => {
                return Ok(self.values.get(z as usize).copied().unwrap_or_default());
            }
            isa::CALLDATALOAD => return Ok(self.call_data(a)),
            isa::CALLDATACOPY | isa::CODECOPY | isa::RETURNDATACOPY | isa::MCOPY | isa::EXTCODECOPY => self.copy(host, op, a, b, c)?,
            isa::ARG => {
                if let Some(argument) = self.arguments.get_mut(z as usize) {
                    *argument = a;
                }
            }
            isa::BALANCE => {
                let account = self.account(host, a);
                return Ok(host.world.get(account).balance);
            }
            isa::EXTCODESIZE => {
                let account = self.account(host, a);
                return Ok(U256::from(host.world.get(account).code.len()));
            }
            isa::EXTCODEHASH => {
                let account = self.account(host, a);
                return Ok(host.world.code_hash(account));
            }
            isa::BLOCKHASH => return Ok(host.block_hash(a)),
            isa::BLOBHASH => return Ok(host.blob_hash(a)),
            isa::SLOAD => return Ok(self.sload(host, a)),
            isa::SSTORE => self.sstore(host, a, b)?,
            isa::TLOAD => return Ok(host.world.load_transient(self.entry.own, a)),
            isa::TSTORE => {
                self.change()?;
                host.world.store_transient(self.entry.own, a, b);
            }
            isa::TOPIC => self.topics.push(a),
            isa::LOG => self.log(host, a, b)?,
            isa::SCHK => self.check_stack(y, z.cast_signed())?,
            isa::SLD => return self.stack_slot(z.cast_signed()).map(|slot| *slot),
            isa::SST => *self.stack_slot(z.cast_signed())? = a,
            isa::SADJ => self.adjust_stack(z.cast_signed())?,
            _ => return Err(Fault::Misplaced.into()),
        }
        Ok(U256::ZERO)
    }

    /// Charges `gas` and ends the frame.
    pub(super) fn end(&mut self, host: &mut Surroundings, op: u16, words: [U256; 3], gas: u32) -> Result<Status, Trap> {
        let [a, b, _] = words;
        self.left -= i64::from(gas);
        if op == isa::HALT {
            return Err(Trap::Halt);
        }
        self.notice()?;
        match op {
            isa::STOP => Ok(Status::Success),
            isa::RETURN | isa::REVERT => {
                let range = self.range(a, b)?;
                self.output.clear();
                self.output.extend_from_slice(self.memory.get(range).unwrap_or_default());
                Ok(if op == isa::RETURN { Status::Success } else { Status::Revert })
            }
            isa::SELFDESTRUCT => self.destruct(host, a).map(|()| Status::Success),
            _ => Err(Fault::Misplaced.into()),
        }
    }

    fn hash(&mut self, offset: U256, length: U256) -> Result<U256, Trap> {
        let range = self.range(offset, length)?;
        self.left -= HASH_WORD_GAS * words_of(range.len() as u64) as i64;
        Ok(U256::from_be_bytes(keccak256(self.memory.get(range).unwrap_or_default())))
    }

    fn copy(&mut self, host: &mut Surroundings, op: u16, target: U256, source: U256, length: U256) -> Result<(), Trap> {
        let range = self.range(target, length)?;
        self.left -= COPY_WORD_GAS * words_of(range.len() as u64) as i64;
        let mut memory = std::mem::take(&mut self.memory);
        let place = memory.get_mut(range).unwrap_or_default();
        let outcome = match op {
            isa::CALLDATACOPY => {
                copy_padded(place, &self.data, source);
                Ok(())
            }
            isa::CODECOPY => {
                copy_padded(place, &self.code, source);
                Ok(())
            }
            isa::EXTCODECOPY => {
                let account = self.account(host, self.arguments[0]);
                copy_padded(place, &host.world.get(account).code, source);
                Ok(())
            }
            isa::RETURNDATACOPY => {
                let (source, end) = (small(source), small(source.saturating_add(length)));
                match (source, end.filter(|end| *end <= self.returned.len() as u64)) {
                    (Some(start), Some(end)) => {
                        place.copy_from_slice(&self.returned[start as usize..end as usize]);
                        Ok(())
                    }
                    _ => Err(Trap::Halt),
                }
            }
            _ => Ok(()),
        };
        self.memory = memory;
        outcome?;
        if op == isa::MCOPY {
            let (from, to) = (self.range(source, length)?, self.range(target, length)?);
            self.memory.copy_within(from, to.start);
        }
        Ok(())
    }

    fn log(&mut self, host: &mut Surroundings, offset: U256, length: U256) -> Result<(), Trap> {
        self.change()?;
        let range = self.range(offset, length)?;
        self.left -= LOG_BYTE_GAS * range.len() as i64;
        let data = self.memory.get(range).unwrap_or_default().to_vec();
        let topics = std::mem::take(&mut self.topics);
        host.world.logs.push(Log { address: self.address, topics, data });
        Ok(())
    }

    /// SCHK: height >= floor and height + growth <= 1024, else to 0.
    fn check_stack(&self, floor: u32, growth: i32) -> Result<(), Trap> {
        let fits = self.height >= i64::from(floor) && self.height + i64::from(growth) <= STACK_LIMIT;
        if fits { Ok(()) } else { Err(Trap::Halt) }
    }

    /// The slot at a depth; -1 is the first above the top. Slots keep their words when the height falls (ISA 4.1).
    fn stack_slot(&mut self, depth: i32) -> Result<&mut U256, Trap> {
        let index = usize::try_from(self.height - 1 - i64::from(depth)).map_err(|_| Fault::Stack)?;
        if index >= 2 * STACK_LIMIT as usize {
            return Err(Fault::Stack.into());
        }
        if index >= self.stack.len() {
            self.stack.resize(index + 1, U256::ZERO);
        }
        self.stack.get_mut(index).ok_or(Trap::Fault(Fault::Stack))
    }

    fn adjust_stack(&mut self, change: i32) -> Result<(), Trap> {
        let height = self.height + i64::from(change);
        if !(0..=STACK_LIMIT).contains(&height) {
            return Err(Fault::Stack.into());
        }
        self.height = height;
        Ok(())
    }
}
