//! Gas and refunds by rule set (ISA 3); the facts are [`crate::rules`]'s.

use ruint::aliases::U256;

use crate::rules::{NO_LIMIT, PRECOMPILES, Precompile, RULE_SETS, RuleSet, SSTORE_EIP1283, SSTORE_EIP2200, SSTORE_PLAIN};

/// Charged for memory of `words` words (ISA 3.2).
#[inline]
#[must_use]
pub const fn memory_gas(words: u64) -> i64 {
    (3 * words + words * words / 512) as i64
}

/// What memory of more than 2^32 bytes costs at least (ISA 3.4).
pub const BEYOND_MEMORY_GAS: i64 = memory_gas((1 << 27) + 1);

/// Words that `bytes` bytes take.
#[inline]
#[must_use]
pub const fn words_of(bytes: u64) -> u64 {
    bytes.div_ceil(32)
}

/// The rule set of an index into [`crate::isa::FORKS`]; the newest one past the last.
#[must_use]
pub fn rules(fork: u8) -> &'static RuleSet {
    RULE_SETS.get(usize::from(fork)).unwrap_or(&RULE_SETS[RULE_SETS.len() - 1])
}

/// What an SSTORE costs and does to the refund counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StorePrice {
    /// Gas.
    pub gas: i64,
    /// Change of the refund counter.
    pub refund: i64,
}

/// Values of a slot at an SSTORE.
#[derive(Clone, Copy, Debug)]
pub struct Store {
    /// Before the transaction.
    pub original: U256,
    /// Before the SSTORE.
    pub current: U256,
    /// After it.
    pub new: U256,
    /// Not touched before in this transaction.
    pub cold: bool,
}

impl RuleSet {
    /// Price of SELFDESTRUCT's new account, if there is one (ISA 8.7).
    #[must_use]
    pub fn new_beneficiary(&self, exists: bool, pays: bool) -> i64 {
        if !exists && (pays || !self.empty_is_absent) { self.destruct_new_account } else { 0 }
    }

    /// Nonce of an account that is created (EIP-161).
    #[must_use]
    pub fn created_nonce(&self) -> u64 {
        u64::from(self.empty_is_absent)
    }

    /// Gas that a callee may get of what is left (EIP-150).
    #[must_use]
    pub fn most_given(&self, left: i64) -> i64 {
        if self.call_all_but_64th { left - left / 64 } else { left }
    }

    /// The precompile at an address.
    #[must_use]
    #[inline]
    pub fn precompile(&self, address: &[u8; 20]) -> Option<&'static Precompile> {
        let (head, tail) = address.split_at(18);
        if head.iter().any(|byte| *byte != 0) {
            return None;
        }
        let number = u16::from_be_bytes([tail[0], tail[1]]);
        PRECOMPILES.iter().find(|precompile| precompile.address == number && precompile.since <= self.index)
    }

    /// Whether the address is a precompile's.
    #[must_use]
    #[inline]
    pub fn is_precompile(&self, address: &[u8; 20]) -> bool {
        self.precompile(address).is_some()
    }

    /// Whether a length is above a limit of the rule set.
    #[must_use]
    pub fn exceeds(length: usize, limit: i64) -> bool {
        limit != NO_LIMIT && length as u64 > limit.unsigned_abs()
    }

    /// Price and refund of an SSTORE.
    #[must_use]
    pub fn store(&self, store: Store) -> StorePrice {
        let Store { original, current, new, cold } = store;
        let net = |load, reset| net_metered(original, current, new, &Net { load, reset, clears: self.clear_refund });
        match self.sstore {
            SSTORE_PLAIN => StorePrice {
                gas: if current.is_zero() && !new.is_zero() { 20_000 } else { 5000 },
                refund: if !current.is_zero() && new.is_zero() { self.clear_refund } else { 0 },
            },
            SSTORE_EIP1283 => net(200, 5000),
            SSTORE_EIP2200 => net(800, 5000),
            _ => {
                let mut price = net(self.warm_account, 2900);
                price.gas += if cold { self.cold_slot + self.warm_account } else { 0 };
                price
            }
        }
    }
}

/// Parameters of net gas metering (EIP-1283, 2200, 2929, 3529).
struct Net {
    load: i64,
    reset: i64,
    clears: i64,
}

fn net_metered(original: U256, current: U256, new: U256, net: &Net) -> StorePrice {
    if current == new {
        return StorePrice { gas: net.load, refund: 0 };
    }
    if original == current {
        if original.is_zero() {
            return StorePrice { gas: 20_000, refund: 0 };
        }
        return StorePrice { gas: net.reset, refund: if new.is_zero() { net.clears } else { 0 } };
    }
    let mut refund = 0;
    if !original.is_zero() {
        if current.is_zero() {
            refund -= net.clears;
        } else if new.is_zero() {
            refund += net.clears;
        }
    }
    if original == new {
        refund += if original.is_zero() { 20_000 } else { net.reset } - net.load;
    }
    StorePrice { gas: net.load, refund }
}

#[cfg(test)]
mod tests;
