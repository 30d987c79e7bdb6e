//! What all frames of a transaction share: the world, the environment, the count of steps.

use std::sync::Arc;

use ruint::aliases::U256;

use crate::host::request::Environment;
use crate::host::state::World;
use crate::host::{Address, address_word};
use crate::isa;

/// What surrounds the frames of a transaction.
pub(super) struct Surroundings {
    pub world: World,
    pub env: Arc<Environment>,
    /// Chained instructions run so far in the transaction, given up tries included.
    pub steps: u64,
    /// Most of them.
    pub max_steps: u64,
    /// Values of ENV that are the same in all frames of the transaction.
    pub values: [U256; isa::ENV_KINDS.len()],
}

impl Surroundings {
    pub fn new(world: World, env: Arc<Environment>, max_steps: u64) -> Self {
        Self { world, env, steps: 0, max_steps, values: [U256::ZERO; isa::ENV_KINDS.len()] }
    }

    /// Begins a transaction.
    pub fn begin(&mut self, env: &Arc<Environment>, origin: &Address) {
        self.world.begin();
        self.steps = 0;
        const { assert!(isa::ENV_KINDS.len() == 18) };
        let none = U256::ZERO;
        self.values = [
            none,
            none,
            address_word(origin),
            none,
            none,
            none,
            env.gas_price,
            none,
            address_word(&env.coinbase),
            env.timestamp,
            env.number,
            env.prevrandao,
            env.difficulty,
            env.gas_limit,
            env.chain_id,
            env.base_fee,
            env.blob_base_fee,
            none,
        ];
        if !Arc::ptr_eq(&self.env, env) {
            self.env = Arc::clone(env);
        }
    }

    /// The hash of one of the last 256 blocks, 0 of any other.
    pub fn block_hash(&self, number: U256) -> U256 {
        let current = self.env.number;
        let recent = number < current && current - number <= U256::from(256);
        let hash = if recent { self.env.block_hashes.get(&number) } else { None };
        hash.copied().unwrap_or_default()
    }

    /// A versioned hash of the transaction, 0 past the last.
    pub fn blob_hash(&self, index: U256) -> U256 {
        let hash = usize::try_from(index).ok().and_then(|index| self.env.blob_hashes.get(index));
        hash.copied().unwrap_or_default()
    }
}
