//! Storage, accounts, SELFDESTRUCT (ISA 3.5, 3.6, 8.6, 8.7).

use ruint::aliases::U256;

use super::frame::Frame;
use super::surroundings::Surroundings;
use super::{BALANCE_LIMIT, Trap};
use crate::gas::Store;
use crate::host::state::Handle;
use crate::host::word_address;

impl Frame {
    pub(super) fn sload(&mut self, host: &mut Surroundings, key: U256) -> U256 {
        let (word, cold) = host.world.load(self.entry.own, key);
        if cold {
            self.left -= host.world.rules.cold_slot;
        }
        word
    }

    pub(super) fn sstore(&mut self, host: &mut Surroundings, key: U256, word: U256) -> Result<(), Trap> {
        self.change()?;
        self.notice()?;
        let rules = host.world.rules;
        if self.left <= rules.sstore_sentry {
            return Err(Trap::Halt);
        }
        let (original, current, cold) = host.world.store(self.entry.own, key, word);
        let price = rules.store(Store { original, current, new: word, cold });
        self.left -= price.gas;
        host.world.refund += price.refund;
        Ok(())
    }

    /// Warms an account and charges for it.
    pub(super) fn account(&mut self, host: &mut Surroundings, word: U256) -> Handle {
        let account = host.world.open(&word_address(word));
        if host.world.warm(account) {
            self.left -= host.world.rules.cold_account;
        }
        account
    }

    /// SELFDESTRUCT, its gas field charged.
    pub(super) fn destruct(&mut self, host: &mut Surroundings, word: U256) -> Result<(), Trap> {
        self.change()?;
        let (own, world) = (self.entry.own, &mut host.world);
        let rules = world.rules;
        let heir = world.open(&word_address(word));
        if world.warm(heir) {
            self.left -= rules.cold_beneficiary;
        }
        let balance = world.get(own).balance;
        self.left -= rules.new_beneficiary(world.exists(heir), !balance.is_zero());
        self.notice()?;
        world.transfer(own, heir, balance).map_err(|_| BALANCE_LIMIT)?;
        if world.is_created(own) || !rules.destruct_created_only {
            world.set_balance(own, U256::ZERO);
            if world.destroy(own) {
                world.refund += rules.destruct_refund;
            }
        }
        Ok(())
    }
}
