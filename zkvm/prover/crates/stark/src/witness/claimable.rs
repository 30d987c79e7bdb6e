//! What a receipt has no words for yet: nested frames, signed transactions, precompiles, delegation, environments of one transaction.

use sol2zk_executor::gas::rules;
use sol2zk_executor::host::message::Kind;
use sol2zk_executor::host::request::{Request, Transaction};
use sol2zk_executor::trace::{Frame, Trace};

use super::WitnessError;

/// Refuses a run of which the statement, or a chip, would say something that is not so.
pub(super) fn claimable(request: &Request, trace: &Trace) -> Result<(), WitnessError> {
    if let Some(frame) = trace.frames.iter().find(|frame| frame.depth > 0) {
        return Err(nested(trace, frame));
    }
    let refused = |call: usize, what| Err(WitnessError::NotClaimable { call: call as u32, what });
    for (i, (transaction, frame)) in request.calls.iter().zip(&trace.frames).enumerate() {
        if transaction.terms.is_some() {
            return refused(i, "a transaction with a nonce and fees");
        }
        if transaction.env.is_some() {
            return refused(i, "an environment of its own");
        }
        let known = request.state.get(&transaction.to);
        let designator = || known.is_some_and(|account| account.code.len() == 23 && account.code.starts_with(&[0xef, 0x01, 0x00]));
        if transaction.create.is_none() && rules(request.fork).is_precompile(&transaction.to) {
            return refused(i, "a precompile is called");
        }
        if transaction.create.is_none() && rules(request.fork).delegation && designator() {
            return refused(i, "the account delegates to another");
        }
        if runs_arguments(transaction, frame, trace) {
            return refused(i, "creation code that goes on in its arguments");
        }
    }
    Ok(())
}

/// A frame that another frame called: the instruction that did has no chip.
fn nested(trace: &Trace, frame: &Frame) -> WitnessError {
    let id = trace.steps.iter().find(|step| step.clk == frame.called_at).map_or(0, |step| step.id);
    let what = match frame.kind {
        Kind::Call => "CALL",
        Kind::CallCode => "CALLCODE",
        Kind::DelegateCall => "DELEGATECALL",
        Kind::StaticCall => "STATICCALL",
        Kind::Create => "CREATE",
        Kind::Create2 => "CREATE2",
    };
    super::unsupported(trace, frame.call, id, what.to_owned())
}

/// Whether a create ran its arguments as code: its program is then not that of its creation code (ISA 9.6).
fn runs_arguments(transaction: &Transaction, frame: &Frame, trace: &Trace) -> bool {
    let program = frame.program.and_then(|index| trace.programs.get(index as usize));
    match (&transaction.create, program) {
        (Some(code), Some(placed)) => placed.program.code != **code,
        _ => false,
    }
}
