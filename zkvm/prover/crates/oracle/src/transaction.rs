//! A transaction through revm's own handler: checks, fees, refunds, access lists and authorizations are revm's (ISA 8.10).

use std::cell::Cell;
use std::convert::Infallible;

use revm::context::TxEnv;
use revm::context::either::Either;
use revm::context::result::{EVMError, ExecutionResult, HaltReason, InvalidTransaction, Output};
use revm::context::transaction::{AccessList, AccessListItem, Authorization, SignedAuthorization};
use revm::context_interface::{Cfg, ContextTr, JournalTr, Transaction as _};
use revm::handler::{FrameResult, Handler, post_execution, validation};
use revm::interpreter::interpreter_action::FrameInit;
use revm::primitives::{B256, Bytes, TxKind};

use crate::error::OracleError;
use crate::follow::{Machine, Recorder, follow, settle};
use crate::request::{self, Data};
use crate::result::{CallResult, Status};

/// The type of a transaction with blobs (EIP-4844).
pub const BLOBS: u8 = 3;

/// The type of a transaction with authorizations (EIP-7702), the newest that any rule set knows.
const AUTHORIZATIONS: u8 = 4;

type Invalid = EVMError<Infallible>;

/// revm's form of a transaction.
///
/// # Errors
/// If a value is malformed.
pub fn environment(call: &request::Call, transaction: &request::Transaction, chain_id: u64) -> Result<TxEnv, String> {
    let to = call.to.as_ref().filter(|_| !call.create).map(Data::address).transpose()?;
    let data = if call.create { Bytes::from([call.code.0.as_slice(), call.data.0.as_slice()].concat()) } else { call.data.bytes() };
    let kind = kind(transaction);
    // members that the stated type does not have are not the transaction's, though revm would charge for some
    let blob_hashes = transaction.blob_hashes.iter().flatten().filter(|_| kind == BLOBS).map(Data::hash).collect::<Result<_, _>>()?;
    let access_list = transaction.access_list.iter().flatten().filter(|_| kind > 0).map(access).collect::<Result<Vec<_>, _>>()?;
    let authorizations = transaction.authorizations.iter().flatten().filter(|_| kind == AUTHORIZATIONS);
    let authorization_list = authorizations.map(authorization).collect::<Result<_, _>>()?;
    if !call.create && to.is_none() {
        return Err("a transaction that is no create has no `to`".to_owned());
    }
    let price = transaction.max_fee_per_gas.or(transaction.gas_price).ok_or("a transaction has no price")?;
    Ok(TxEnv {
        tx_type: kind,
        caller: call.caller.address()?,
        gas_limit: transaction.gas_limit.clamped(),
        gas_price: price.clamped(),
        kind: to.map_or(TxKind::Create, TxKind::Call),
        value: call.value.0,
        data,
        nonce: transaction.nonce.clamped(),
        chain_id: Some(chain_id),
        access_list: AccessList(access_list),
        gas_priority_fee: transaction.max_priority_fee_per_gas.map(request::Quantity::clamped),
        blob_hashes,
        max_fee_per_blob_gas: transaction.max_fee_per_blob_gas.unwrap_or_default().clamped(),
        authorization_list,
    })
}

/// The type: the one that is stated, or the newest that the members ask for.
fn kind(transaction: &request::Transaction) -> u8 {
    let stated = transaction.kind.map(|kind| u8::try_from(kind).unwrap_or(u8::MAX));
    stated.unwrap_or(match transaction {
        each if each.authorizations.is_some() => AUTHORIZATIONS,
        each if each.blob_hashes.is_some() => BLOBS,
        each if each.max_fee_per_gas.is_some() => 2,
        each if each.access_list.is_some() => 1,
        _ => 0,
    })
}

fn access(stated: &request::Access) -> Result<AccessListItem, String> {
    let storage_keys = stated.storage_keys.iter().map(|key| B256::from(key.0)).collect();
    Ok(AccessListItem { address: stated.address.address()?, storage_keys })
}

fn authorization(stated: &request::Authorization) -> Result<Either<SignedAuthorization, revm::context::transaction::RecoveredAuthorization>, String> {
    let inner = Authorization { chain_id: stated.chain_id.0, address: stated.address.address()?, nonce: stated.nonce.clamped() };
    let parity = u8::try_from(stated.y_parity.0).unwrap_or(u8::MAX);
    Ok(Either::Left(SignedAuthorization::new_unchecked(inner, parity, stated.r.0, stated.s.0)))
}

/// revm's handler, with the loop over frames recorded and the refund counter read before its cap.
struct Recording<'a> {
    recorder: &'a mut Recorder,
    refund: Cell<i64>,
}

impl Handler for Recording<'_> {
    type Evm = Machine;
    type Error = Invalid;
    type HaltReason = HaltReason;

    /// revm leaves two checks to the encoding of transactions, which has no creates of types 3 and 4 and no unknown type.
    fn validate_env(&self, machine: &mut Machine) -> Result<(), Invalid> {
        let (kind, create) = (machine.ctx.tx.tx_type(), machine.ctx.tx.kind.is_create());
        if kind > AUTHORIZATIONS {
            return Err(InvalidTransaction::Eip7702NotSupported.into());
        }
        validation::validate_env::<_, Invalid>(&mut machine.ctx)?;
        match kind {
            BLOBS if create => Err(InvalidTransaction::BlobCreateTransaction.into()),
            AUTHORIZATIONS if create => Err(InvalidTransaction::AuthorizationListInvalidFields.into()),
            _ => Ok(()),
        }
    }

    fn run_exec_loop(&mut self, machine: &mut Machine, init: FrameInit) -> Result<FrameResult, Invalid> {
        follow(machine, init, self.recorder).map_err(Invalid::from)
    }

    fn refund(&self, machine: &mut Machine, outcome: &mut FrameResult, authorizations: i64) -> Result<(), Invalid> {
        self.refund.set(outcome.gas().refunded() + authorizations);
        post_execution::refund(machine.ctx.cfg.gas_params(), outcome.gas_mut(), authorizations);
        Ok(())
    }
}

/// Runs a transaction and leaves its effects in the machine's database.
///
/// # Errors
/// If revm fails.
pub fn run(machine: &mut Machine, tx: TxEnv, recorder: &mut Recorder) -> Result<CallResult, OracleError> {
    let limit = tx.gas_limit;
    machine.ctx.tx = tx;
    let mut handler = Recording { recorder, refund: Cell::new(0) };
    let ended = match handler.run(machine) {
        Ok(ended) => ended,
        Err(EVMError::Transaction(invalid)) => {
            let _ = machine.ctx.journal_mut().finalize();
            let reason = reason(&invalid).ok_or_else(|| OracleError::Machine(format!("{invalid:?}")))?;
            return Ok(CallResult { reason: Some(reason), ..CallResult::of(Status::Refused) });
        }
        Err(error) => return Err(OracleError::Machine(format!("{error:?}"))),
    };
    let gas_left = limit - ended.gas().tx_gas_used();
    let refund = u64::try_from(handler.refund.get()).map_err(|_| OracleError::Machine("a negative refund counter".to_owned()))?;
    let (status, output, logs) = match ended {
        ExecutionResult::Success { output: Output::Call(output) | Output::Create(output, _), logs, .. } => (Status::Success, output, logs),
        ExecutionResult::Revert { output, .. } => (Status::Revert, output, Vec::new()),
        ExecutionResult::Halt { .. } => (Status::Halt, Bytes::new(), Vec::new()),
    };
    let destroyed = settle(machine);
    Ok(CallResult { output, gas_left, refund, logs, destroyed, ..CallResult::of(status) })
}

/// The code of a refusal (ISA 8.10); None for what no request can ask for.
fn reason(invalid: &InvalidTransaction) -> Option<&'static str> {
    use InvalidTransaction as I;
    Some(match invalid {
        I::NonceTooLow { .. } => "nonce-too-low",
        I::NonceTooHigh { .. } => "nonce-too-high",
        I::NonceOverflowInTransaction => "nonce-max",
        I::CallGasCostMoreThanGasLimit { .. } => "intrinsic-gas",
        I::GasFloorMoreThanGasLimit { .. } => "floor-gas",
        I::TxGasLimitGreaterThanCap { .. } => "gas-cap",
        I::CallerGasLimitMoreThanBlock => "block-gas-limit",
        I::LackOfFundForMaxFee { .. } | I::OverflowPaymentInTransaction => "funds",
        I::GasPriceLessThanBasefee => "max-fee-below-base-fee",
        I::PriorityFeeGreaterThanMaxFee => "priority-fee-above-max-fee",
        I::RejectCallerWithCode => "sender-has-code",
        I::CreateInitCodeSizeLimit => "init-code-limit",
        I::Eip2930NotSupported | I::Eip1559NotSupported | I::Eip4844NotSupported | I::Eip7702NotSupported => "type-not-supported",
        I::EmptyBlobs => "no-blobs",
        I::TooManyBlobs { .. } => "too-many-blobs",
        I::BlobVersionNotSupported => "blob-version",
        I::BlobGasPriceGreaterThanMax { .. } => "blob-fee",
        I::BlobCreateTransaction => "blob-create",
        I::EmptyAuthorizationList => "no-authorizations",
        I::AuthorizationListInvalidFields => "authorization-create",
        _ => return None,
    })
}
