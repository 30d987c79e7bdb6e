use sol2zk_executor::isa;

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
    pub const fn of(fork: u8) -> Self {
        let base = Self { net: false, sentry: false, unchanged: 5000, create: 20_000, update: 5000, cold_load: 0, cold_store: 0 };
        match fork {
            // Constantinople: EIP-1283
            5 => Self { net: true, unchanged: 200, ..base },
            // Frontier to Byzantium, Petersburg: Yellow Paper
            0..=6 => base,
            // Istanbul: EIP-2200 with the prices of EIP-1884
            7 => Self { net: true, sentry: true, unchanged: 800, ..base },
            // from Berlin on: EIP-2929 (EIP-3529 changed refunds alone)
            _ => Self { net: true, sentry: true, unchanged: 100, create: 20_000, update: 2900, cold_load: 2000, cold_store: 2100 },
        }
    }
}

/// Whether the chip proves the instruction under the rule set (an index into FORKS).
pub const fn supports(fork: u8, op: u16) -> bool {
    (fork as usize) < isa::FORKS.len() && matches!(op, isa::SLOAD | isa::SSTORE)
}
