use ruint::aliases::U256;
use sol2zk_executor::isa::ENV_KINDS;
use sol2zk_executor::program::CodeKind;
use sol2zk_executor::trace::Placed;

use super::{Statement, Word};

/// The word of environment kind `kind` in call `call`, whose account has `balance` when the frame starts.
pub fn env_word(statement: &Statement, call: usize, kind: u8, balance: U256, placed: &Placed) -> Word {
    let env = &statement.env;
    let call = &statement.calls[call];
    let address = |address: &[u8; 20]| -> Word {
        let mut word = [0; 32];
        word[12..].copy_from_slice(address);
        word
    };
    let size = |bytes: usize| U256::from(bytes).to_be_bytes();
    match ENV_KINDS.get(usize::from(kind)).copied().unwrap_or_default() {
        "ADDRESS" => address(&call.to),
        "CALLER" => address(&call.caller),
        "ORIGIN" => address(&call.origin),
        "CALLVALUE" => call.value,
        "CALLDATASIZE" => size(if call.create { 0 } else { call.data.len() }),
        "CODESIZE" => size(placed.program.code.len() + if placed.program.kind == CodeKind::Creation { call.data.len() } else { 0 }),
        "GASPRICE" => env.gas_price,
        "COINBASE" => address(&env.coinbase),
        "TIMESTAMP" => env.timestamp,
        "NUMBER" => env.number,
        "PREVRANDAO" => env.prevrandao,
        "DIFFICULTY" => env.difficulty,
        "GASLIMIT" => env.gas_limit,
        "CHAINID" => env.chain_id,
        "BASEFEE" => env.base_fee,
        "BLOBBASEFEE" => env.blob_base_fee,
        "SELFBALANCE" => balance.to_be_bytes(),
        // RETURNDATASIZE: a frame without calls has no return data
        _ => [0; 32],
    }
}
