//! What a receipt says in the clear: calls, context, touched state, results. The claim table's rows are rebuilt from it.

use std::collections::BTreeMap;

use p3_keccak::Keccak256Hash;
use p3_symmetric::CryptographicHasher;
use ruint::aliases::U256;
use serde::{Deserialize, Serialize};
use sol2zk_chips::bus::{TICKS, tag};
use sol2zk_chips::claim::ClaimRow;
use sol2zk_chips::columns::LIMBS;
use sol2zk_chips::word::limbs16;
use sol2zk_executor::host::Address;
use sol2zk_executor::keccak::keccak256;
use sol2zk_executor::program::CodeKind;
use sol2zk_executor::trace::Placed;

mod check;
mod environment;
#[cfg(test)]
mod tests;

pub use check::{Ledger, StatementError, limit};
pub use environment::env_word;

/// A word, big-endian.
pub type Word = [u8; 32];

/// Block and transaction context (ISA 6.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Block number.
    pub number: Word,
    /// Block time.
    pub timestamp: Word,
    /// Block beneficiary.
    pub coinbase: Address,
    /// EIP-4399.
    pub prevrandao: Word,
    /// Difficulty before the merge.
    pub difficulty: Word,
    /// Block gas limit.
    pub gas_limit: Word,
    /// EIP-1344.
    pub chain_id: Word,
    /// EIP-1559.
    pub base_fee: Word,
    /// EIP-7516.
    pub blob_base_fee: Word,
    /// Effective gas price.
    pub gas_price: Word,
    /// Block hashes by number.
    pub block_hashes: Vec<(Word, Word)>,
    /// EIP-4844.
    pub blob_hashes: Vec<Word>,
}

/// An account before the batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Address; accounts are strictly sorted by it.
    pub address: Address,
    /// Balance.
    pub balance: Word,
    /// Nonce.
    pub nonce: u64,
    /// Keccak of the code.
    pub code_hash: Word,
}

/// A touched storage slot; slots are strictly sorted by (account, key), its index is its handle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Index of the account.
    pub account: u32,
    /// Key.
    pub key: Word,
    /// Word before the batch.
    pub before: Word,
    /// Word after it.
    pub after: Word,
}

/// A log of a call that succeeded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// Clock of the LOG: orders the logs.
    pub clk: u32,
    /// Index of the emitting account.
    pub account: u32,
    /// Topics.
    pub topics: Vec<Word>,
    /// Data.
    pub data: Vec<u8>,
}

/// One call and what came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Whether it runs creation code.
    pub create: bool,
    /// Caller.
    pub caller: Address,
    /// Origin of the transaction.
    pub origin: Address,
    /// Account called or created.
    pub to: Address,
    /// Value moved before the frame.
    pub value: Word,
    /// Call data, or arguments of a constructor.
    pub data: Vec<u8>,
    /// Gas given.
    pub gas: u64,
    /// Index of the program; none if the account has no code.
    pub program: Option<u32>,
    /// 0 success, 1 revert, 2 halt.
    pub status: u8,
    /// Output.
    pub output: Vec<u8>,
    /// Gas left.
    pub gas_left: u64,
    /// Clock of the end instruction.
    pub end: u32,
    /// Logs.
    pub logs: Vec<Log>,
    /// Byte offsets at which call data words are looked up, strictly increasing.
    pub calldata_offsets: Vec<u32>,
    /// Byte offsets at which code words are looked up, strictly increasing.
    pub code_offsets: Vec<u32>,
    /// Environment kinds that are looked up, strictly increasing.
    pub env_kinds: Vec<u8>,
}

/// Everything a receipt claims.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Index into FORKS.
    pub fork: u8,
    /// The contract under test.
    pub contract: Address,
    /// Context.
    pub env: Environment,
    /// Accounts.
    pub accounts: Vec<Account>,
    /// Touched slots.
    pub slots: Vec<Slot>,
    /// Calls.
    pub calls: Vec<Call>,
    /// Messages whose digests the verifier makes itself, strictly sorted by length, then bytes; an index is an entry.
    pub hashes: Vec<Vec<u8>>,
    /// Clock after the last call.
    pub exit: u32,
}

/// Clock at which the first call starts.
pub const FIRST_CLOCK: u32 = TICKS;

/// A word of `bytes` at `offset`, zero-padded.
pub fn padded_word(bytes: &[u8], offset: usize) -> Word {
    let mut word = [0; 32];
    let tail = bytes.get(offset..).unwrap_or_default();
    let length = tail.len().min(32);
    word[..length].copy_from_slice(&tail[..length]);
    word
}

/// A word of `head` followed by `tail` at `offset`, zero-padded: without a copy of the code for each call of a batch.
fn joined_word(head: &[u8], tail: &[u8], offset: usize) -> Word {
    let mut word = padded_word(head, offset);
    let taken = head.len().saturating_sub(offset).min(32);
    let rest = padded_word(tail, offset.saturating_sub(head.len()));
    word[taken..].copy_from_slice(&rest[..32 - taken]);
    word
}

/// A word as a number.
pub fn number(word: &Word) -> U256 {
    U256::from_be_bytes(*word)
}

fn word_limbs(word: &Word) -> [u16; LIMBS] {
    limbs16(number(word))
}

fn small_limbs(values: &[u64]) -> [u16; LIMBS] {
    core::array::from_fn(|i| values.get(i).map_or(0, |&value| value as u16))
}

fn gas_limbs(gas: u64) -> [u64; 4] {
    core::array::from_fn(|i| gas >> (16 * i) & 0xffff)
}

/// Rows of the claim under construction.
#[derive(Default)]
struct Rows(Vec<ClaimRow>);

impl Rows {
    fn once(&mut self, tag: u32, x: u32, y: u32, limbs: [u16; LIMBS]) {
        self.0.push(ClaimRow { tag, x, y, limbs, once: 1 });
    }
    fn look_up(&mut self, tag: u32, x: u32, y: u32, word: &Word) {
        self.0.push(ClaimRow { tag, x, y, limbs: word_limbs(word), once: 0 });
    }
    fn data(&mut self, clk: u32, bytes: &[u8]) {
        for (i, chunk) in bytes.chunks(32).enumerate() {
            self.once(tag::DATA, clk, i as u32, word_limbs(&padded_word(chunk, 0)));
        }
    }
}

impl Statement {
    /// Number of rows that [`Statement::claim_rows`] gives, without making them.
    pub fn claim_row_count(&self) -> usize {
        let call_rows = |call: &Call| -> usize {
            if call.program.is_none() {
                return 0;
            }
            let logs: usize = call.logs.iter().map(|log| 1 + log.topics.len() + log.data.len().div_ceil(32)).sum();
            2 + call.output.len().div_ceil(32) + call.calldata_offsets.len() + call.code_offsets.len() + call.env_kinds.len() + logs
        };
        let hash_rows = |message: &Vec<u8>| 1 + message.len().div_ceil(32);
        2 + 3 * self.slots.len() + self.calls.iter().map(call_rows).sum::<usize>() + self.hashes.iter().map(hash_rows).sum::<usize>()
    }

    /// The claim table's rows. The statement must have passed [`Statement::check`], which also gives the ledger.
    pub fn claim_rows(&self, programs: &[Placed], ledger: &Ledger) -> Vec<ClaimRow> {
        let mut rows = Rows::default();
        let index: BTreeMap<&Address, u32> = self.accounts.iter().zip(0..).map(|(account, i)| (&account.address, i)).collect();
        let mut turn = 0;
        rows.once(tag::TURN, 0, FIRST_CLOCK, [0; LIMBS]);
        for (i, call) in self.calls.iter().enumerate() {
            let Some(placed) = call.program.and_then(|program| programs.get(program as usize)) else { continue };
            let account = index.get(&call.to).copied().unwrap_or(u32::MAX >> 1);
            let doomed = u64::from(call.status != 0);
            let [g0, g1, g2, g3] = gas_limbs(call.gas);
            let mut asked = small_limbs(&[g0, g1, g2, g3, 0, doomed]);
            asked[4] = account as u16;
            rows.once(tag::CALL, turn, placed.entry(), asked);
            let [l0, l1, l2, l3] = gas_limbs(call.gas_left);
            let length = call.output.len() as u64;
            rows.once(tag::RESULT, turn, call.end, small_limbs(&[l0, l1, l2, l3, call.status.into(), length & 0xffff, length >> 16]));
            rows.data(call.end, &call.output);
            for &offset in &call.calldata_offsets {
                let data: &[u8] = if call.create { &[] } else { &call.data };
                rows.look_up(tag::CALLDATA, turn, offset, &padded_word(data, offset as usize));
            }
            let arguments: &[u8] = if placed.program.kind == CodeKind::Creation { &call.data } else { &[] };
            for &offset in &call.code_offsets {
                rows.look_up(tag::CODE, turn, offset, &joined_word(&placed.program.code, arguments, offset as usize));
            }
            for &kind in &call.env_kinds {
                let word = env_word(self, i, kind, ledger.balance_at(i), placed);
                rows.look_up(tag::ENV, turn, kind.into(), &word);
            }
            for log in &call.logs {
                let topics = log.topics.len() as u32;
                let length = log.data.len() as u64;
                rows.once(tag::LOG, log.clk, topics, small_limbs(&[turn.into(), log.account.into(), length & 0xffff, length >> 16]));
                for (k, topic) in log.topics.iter().enumerate() {
                    rows.once(tag::TOPIC, log.clk - TICKS * (topics - k as u32), 0, word_limbs(topic));
                }
                rows.data(log.clk, &log.data);
            }
            turn += 1;
        }
        rows.0.push(ClaimRow { tag: tag::TURN, x: turn, y: self.exit, limbs: [0; LIMBS], once: -1 });
        for (handle, slot) in self.slots.iter().enumerate() {
            rows.once(tag::SLOT, handle as u32, slot.account, word_limbs(&slot.key));
            rows.once(tag::BEFORE, handle as u32, 0, word_limbs(&slot.before));
            rows.once(tag::AFTER, handle as u32, 0, word_limbs(&slot.after));
        }
        for (entry, (message, digest)) in self.hashes.iter().zip(digests(&self.hashes)).enumerate() {
            rows.look_up(tag::DIGEST, entry as u32, message.len() as u32, &digest);
            for (k, chunk) in message.chunks(32).enumerate() {
                rows.look_up(tag::CHUNK, entry as u32, k as u32, &padded_word(chunk, 0));
            }
        }
        rows.0
    }
}

/// Keccak of each message. Those of one length, which lie side by side in a list in order, are hashed several at once.
fn digests(messages: &[Vec<u8>]) -> Vec<Word> {
    let mut digests = vec![[0; 32]; messages.len()];
    let mut rest = digests.as_mut_slice();
    for group in messages.chunk_by(|a, b| a.len() == b.len()) {
        let (these, others) = rest.split_at_mut(group.len());
        Keccak256Hash.hash_many(&group.concat(), these);
        rest = others;
    }
    digests
}

/// Keccak of no code.
pub fn empty_code_hash() -> Word {
    keccak256(&[])
}
