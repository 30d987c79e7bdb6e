//! Precompiles: functions of input and gas, computed by the libraries that the oracle uses (ISA 9.7).

use revm_precompile::{PrecompileSpecId, Precompiles};

use crate::host::Address;
use crate::isa::fork;

/// What a precompile came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// If not, all gas is lost.
    pub success: bool,
    /// Output bytes.
    pub output: Vec<u8>,
    /// Gas used, at most what was given.
    pub gas_used: u64,
}

impl Answer {
    fn failure(gas: u64) -> Self {
        Self { success: false, output: Vec::new(), gas_used: gas }
    }
}

/// Runs a precompile; one that the rule set does not have fails.
///
/// # Errors
/// What the library says of a fault that is not the input's.
pub fn precompile(rule_set: u8, address: &Address, input: &[u8], gas: u64) -> Result<Answer, String> {
    let Some(precompile) = Precompiles::new(variant(rule_set)).get(&(*address).into()) else {
        return Ok(Answer::failure(gas));
    };
    let found = precompile.execute(input, gas, 0).map_err(|error| error.to_string())?;
    if !found.is_success() || found.gas_used > gas {
        return Ok(Answer::failure(gas));
    }
    Ok(Answer { success: true, output: found.bytes.to_vec(), gas_used: found.gas_used })
}

/// The library's name for what a rule set's precompiles are and cost.
fn variant(rule_set: u8) -> PrecompileSpecId {
    match rule_set {
        fork::FRONTIER..fork::BYZANTIUM => PrecompileSpecId::HOMESTEAD,
        fork::BYZANTIUM..fork::ISTANBUL => PrecompileSpecId::BYZANTIUM,
        fork::ISTANBUL => PrecompileSpecId::ISTANBUL,
        fork::BERLIN..fork::CANCUN => PrecompileSpecId::BERLIN,
        fork::CANCUN => PrecompileSpecId::CANCUN,
        fork::PRAGUE => PrecompileSpecId::PRAGUE,
        _ => PrecompileSpecId::OSAKA,
    }
}

#[cfg(test)]
mod tests;
