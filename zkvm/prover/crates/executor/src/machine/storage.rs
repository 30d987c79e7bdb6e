//! Storage, transient storage, accounts (ISA 3.5, 3.6, 4.2, 5.2).

use ruint::aliases::U256;

use super::Trap;
use super::frame::Frame;
use crate::gas::Store;
use crate::host::{Address, word_address};

impl Frame<'_> {
    pub(super) fn sload(&mut self, key: U256) -> U256 {
        let slot = self.storage.entry(key).or_default();
        if slot.touch(self.entry.call) {
            self.left -= self.rules.cold_slot();
        }
        slot.value
    }

    pub(super) fn sstore(&mut self, key: U256, word: U256) -> Result<(), Trap> {
        self.notice()?;
        if self.rules.store_sentry().is_some_and(|sentry| self.left <= sentry) {
            return Err(Trap::Halt);
        }
        let slot = self.storage.entry(key).or_default();
        let cold = slot.touch(self.entry.call);
        let price = self.rules.store(Store { original: slot.original, current: slot.value, new: word, cold });
        self.undo.push((key, slot.value));
        slot.value = word;
        self.left -= price.gas;
        self.refund += price.refund;
        Ok(())
    }

    pub(super) fn tload(&self, key: U256) -> U256 {
        self.transient.get(&key).copied().unwrap_or_default()
    }

    pub(super) fn tstore(&mut self, key: U256, word: U256) {
        self.transient.insert(key, word);
        self.transient_stores += 1;
    }

    /// Warms an account and charges for it.
    pub(super) fn account(&mut self, word: U256) -> Address {
        let address = word_address(word);
        if self.world.touch(&address) {
            self.left -= self.rules.cold_account();
        }
        address
    }

    /// SELFDESTRUCT, its gas field charged.
    pub(super) fn destruct(&mut self, word: U256) -> Result<(), Trap> {
        let own = self.entry.address;
        let heir = word_address(word);
        if self.world.touch(&heir) {
            self.left -= self.rules.cold_beneficiary();
        }
        let found = self.world.accounts.get(&heir);
        let exists = found.is_some_and(|account| account.exists);
        let dead = found.is_none_or(crate::host::state::Account::is_empty);
        let balance = self.world.balance(&own);
        self.left -= self.rules.new_beneficiary(exists, dead, !balance.is_zero());
        self.notice()?;
        if !self.world.transfer(own, heir, balance) {
            return Err(Trap::Unsupported { code: "balance-limit", what: "a balance of 2^256 or more" });
        }
        if self.entry.creates || !self.rules.destructs_only_created() {
            self.refund += self.rules.destruct_refund();
            self.destroyed.push(own);
        }
        Ok(())
    }

    /// The hash of one of the last 256 blocks, 0 of any other.
    pub(super) fn block_hash(&self, number: U256) -> U256 {
        let current = self.env.number;
        let recent = number < current && current - number <= U256::from(256);
        let hash = if recent { self.env.block_hashes.get(&number) } else { None };
        hash.copied().unwrap_or_default()
    }

    /// A versioned hash of the transaction, 0 past the last.
    pub(super) fn blob_hash(&self, index: U256) -> U256 {
        let hash = usize::try_from(index).ok().and_then(|index| self.env.blob_hashes.get(index));
        hash.copied().unwrap_or_default()
    }

    /// Takes back what a frame that failed has done to its slots, latest first.
    pub(super) fn undo_stores(&mut self) {
        for (key, old) in self.undo.drain(..).rev() {
            if let Some(slot) = self.storage.get_mut(&key) {
                slot.value = old;
            }
        }
    }
}
