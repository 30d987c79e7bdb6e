//! Gas and refunds by rule set (ISA 3).

use ruint::aliases::U256;

use crate::isa::fork;

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
pub fn words_of(bytes: u64) -> u64 {
    bytes.div_ceil(32)
}

/// The prices that differ between rule sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Index into [`crate::isa::FORKS`].
    pub fork: u8,
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
    /// Before the call.
    pub original: U256,
    /// Before the SSTORE.
    pub current: U256,
    /// After it.
    pub new: U256,
    /// Not touched before in this call.
    pub cold: bool,
}

impl Rules {
    fn from(self, first: u8) -> bool {
        self.fork >= first
    }

    /// Gas left at or below which SSTORE halts (ISA 3.5).
    #[must_use]
    pub fn store_sentry(self) -> Option<i64> {
        self.from(fork::ISTANBUL).then_some(2300)
    }

    /// Cold surcharge of a slot (ISA 3.6).
    #[must_use]
    pub fn cold_slot(self) -> i64 {
        if self.from(fork::BERLIN) { 2000 } else { 0 }
    }

    /// Cold surcharge of an account (ISA 3.6).
    #[must_use]
    pub fn cold_account(self) -> i64 {
        if self.from(fork::BERLIN) { 2500 } else { 0 }
    }

    /// Surcharge of SELFDESTRUCT to a cold account.
    #[must_use]
    pub fn cold_beneficiary(self) -> i64 {
        if self.from(fork::BERLIN) { 2600 } else { 0 }
    }

    /// Price of an exponent's byte.
    #[must_use]
    pub fn exponent_byte(self) -> i64 {
        if self.from(fork::SPURIOUS_DRAGON) { 50 } else { 10 }
    }

    /// Price of SELFDESTRUCT's new account, if there is one.
    #[must_use]
    pub fn new_beneficiary(self, exists: bool, dead: bool, pays: bool) -> i64 {
        let new = if self.from(fork::SPURIOUS_DRAGON) { dead && pays } else { self.from(fork::TANGERINE_WHISTLE) && !exists };
        if new { 25_000 } else { 0 }
    }

    /// Refund of an account's first SELFDESTRUCT in a call.
    #[must_use]
    pub fn destruct_refund(self) -> i64 {
        if self.from(fork::LONDON) { 0 } else { 24_000 }
    }

    /// Whether SELFDESTRUCT removes only what the same call created (EIP-6780).
    #[must_use]
    pub fn destructs_only_created(self) -> bool {
        self.from(fork::CANCUN)
    }

    /// Whether a create sets its account's nonce to 1.
    #[must_use]
    pub fn create_sets_nonce(self) -> bool {
        self.from(fork::SPURIOUS_DRAGON)
    }

    /// Whether the coinbase starts warm (EIP-3651).
    #[must_use]
    pub fn warm_coinbase(self) -> bool {
        self.from(fork::SHANGHAI)
    }

    /// Whether code may be a delegation to another account (EIP-7702).
    #[must_use]
    pub fn delegates(self) -> bool {
        self.from(fork::PRAGUE)
    }

    /// Whether the address is a precompile's.
    #[must_use]
    pub fn is_precompile(self, address: &[u8; 20]) -> bool {
        let (head, tail) = address.split_at(18);
        if head.iter().any(|byte| *byte != 0) {
            return false;
        }
        let last = match self.fork {
            fork::FRONTIER..fork::BYZANTIUM => 4,
            fork::BYZANTIUM..fork::ISTANBUL => 8,
            fork::ISTANBUL..fork::CANCUN => 9,
            fork::CANCUN => 10,
            _ => 0x11,
        };
        match *tail {
            [0, number] => (1..=last).contains(&number),
            [1, 0] => self.from(fork::OSAKA),
            _ => false,
        }
    }

    /// Price and refund of an SSTORE.
    #[must_use]
    pub fn store(self, store: Store) -> StorePrice {
        let Store { original, current, new, cold } = store;
        match self.fork {
            fork::CONSTANTINOPLE => net_metered(original, current, new, &Net { load: 200, reset: 5000, clears: 15_000 }),
            fork::FRONTIER..fork::ISTANBUL => StorePrice {
                gas: if current.is_zero() && !new.is_zero() { 20_000 } else { 5000 },
                refund: if !current.is_zero() && new.is_zero() { 15_000 } else { 0 },
            },
            fork::ISTANBUL => net_metered(original, current, new, &Net { load: 800, reset: 5000, clears: 15_000 }),
            _ => {
                let clears = if self.from(fork::LONDON) { 4800 } else { 15_000 };
                let mut price = net_metered(original, current, new, &Net { load: 100, reset: 2900, clears });
                price.gas += if cold { 2100 } else { 0 };
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
