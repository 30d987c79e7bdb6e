use sol2zk_executor::isa;
use sol2zk_executor::rules::{SSTORE_EIP1283, SSTORE_EIP2200, SSTORE_PLAIN};

/// What storage costs under a rule set, beyond the static gas of the `gas` field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Net metering: the cost depends on the original value (EIP-1283, EIP-2200). Else on the old and the new one alone (Yellow Paper).
    pub net: bool,
    /// Stores from Istanbul on need more than 2300 gas (ISA 3.5).
    pub sentry: bool,
    /// `SSTORE` that changes nothing, or a slot that the call changed before. Yellow Paper: that writes 0.
    pub unchanged: u32,
    /// `SSTORE` that makes a slot not 0 (net: a slot that was 0 at the start of the call).
    pub create: u32,
    /// `SSTORE` of another word in a slot that is not 0.
    pub update: u32,
    /// `SLOAD` of a slot that the call did not touch before.
    pub cold_load: u32,
    /// `SSTORE` to such a slot, on top.
    pub cold_store: u32,
}

impl Rules {
    /// The rules of a rule set, by index into FORKS.
    pub fn of(fork: u8) -> Self {
        let facts = sol2zk_executor::gas::rules(fork);
        let base = Self { net: false, sentry: facts.sstore_sentry >= 0, unchanged: 5000, create: 20_000, update: 5000, cold_load: 0, cold_store: 0 };
        match facts.sstore {
            SSTORE_PLAIN => base,
            SSTORE_EIP1283 => Self { net: true, unchanged: 200, ..base },
            // with the prices of EIP-1884
            SSTORE_EIP2200 => Self { net: true, unchanged: 800, ..base },
            // EIP-2929; EIP-3529 changed refunds alone
            _ => {
                let (cold_load, unchanged) = (facts.cold_slot as u32, facts.warm_account as u32);
                Self { net: true, unchanged, update: 2900, cold_load, cold_store: cold_load + unchanged, ..base }
            }
        }
    }
}

/// Whether the chip proves the instruction under the rule set (an index into FORKS).
pub const fn supports(fork: u8, op: u16) -> bool {
    (fork as usize) < isa::FORKS.len() && matches!(op, isa::SLOAD | isa::SSTORE)
}
