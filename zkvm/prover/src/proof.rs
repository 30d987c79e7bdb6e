//! The prover and the verifier.

use std::time::Instant;

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde_json::{Value, json};
use sol2zk_executor::host::request::Request;
use sol2zk_executor::isa;
use sol2zk_executor::machine;
use sol2zk_executor::trace::Trace;
use sol2zk_stark::config::{PROFILES, Profile};
use sol2zk_stark::expect::Expectations;
use sol2zk_stark::key::Key;
use sol2zk_stark::prove::{ProveError, Proven, prove as prove_trace};
use sol2zk_stark::verdict::verdict;
use sol2zk_stark::witness::{Hashes, WitnessError};

use crate::execute::library;
use crate::guard::guarded;

/// Most chained steps that are traced for a proof.
const MAX_STEPS: usize = 1 << 22;

fn bad(error: impl ToString) -> PyErr {
    PyValueError::new_err(error.to_string())
}

/// A run that can be proven, or the document that says why not.
enum Traced {
    Run(Box<(Request, Trace, Value)>),
    Refused(Value),
}

fn traced(request_json: &str, programs: &[Vec<u8>]) -> PyResult<Traced> {
    let request = Request::parse(request_json).map_err(bad)?;
    let library = library(programs).map_err(bad)?;
    let (outcome, trace) = machine::trace(&request, &library, MAX_STEPS).map_err(bad)?;
    let result: Value = serde_json::from_str(&outcome.to_json()).map_err(bad)?;
    if outcome.unsupported.is_some() || outcome.missing_code.is_some() {
        return Ok(Traced::Refused(json!({"result": result, "cost": null, "unsupported": null})));
    }
    Ok(Traced::Run(Box::new((request, trace, result))))
}

fn profile_index(name: &str) -> PyResult<u8> {
    Profile::by_name(name).ok_or_else(|| bad(format!("no profile '{name}'")))
}

fn hashes_way(name: &str) -> PyResult<Hashes> {
    Hashes::by_name(name).ok_or_else(|| bad(format!("hashes are 'listed' or 'proven', not '{name}'")))
}

/// Proves a trace, or says what has no chip.
fn proven(request: &Request, trace: &Trace, key: Key, profile: u8, hashes: Hashes) -> PyResult<Result<Proven, Value>> {
    match prove_trace(request, trace, key, profile, hashes) {
        Ok(proven) => Ok(Ok(proven)),
        Err(ProveError::Witness(WitnessError::Unsupported { call, what, id })) => Ok(Err(json!({"code": "no-chip", "call": call, "what": what, "id": id}))),
        Err(error @ ProveError::Witness(WitnessError::NoFrame)) => Ok(Err(json!({"code": "no-frame", "call": null, "what": error.to_string(), "id": null}))),
        Err(
            error @ (ProveError::Witness(WitnessError::Gas(_) | WitnessError::Size)
            | ProveError::Memory(..)
            | ProveError::Height(..)
            | ProveError::Size
            | ProveError::Key(_)),
        ) => Ok(Err(json!({"code": "too-large", "call": null, "what": error.to_string(), "id": null}))),
        Err(ProveError::Witness(WitnessError::Statement(error))) => {
            Ok(Err(json!({"code": "not-claimable", "call": null, "what": format!("a receipt cannot state this run: {error}"), "id": null})))
        }
        Err(ProveError::Witness(WitnessError::NotClaimable { call, what })) => {
            Ok(Err(json!({"code": "not-claimable", "call": call, "what": format!("a receipt cannot state this run: {what}"), "id": null})))
        }
        Err(error) => Err(PyRuntimeError::new_err(error.to_string())),
    }
}

/// Runs a request and proves it: (receipt or None, JSON of result, cost, and what is unsupported).
#[pyfunction]
fn prove<'py>(py: Python<'py>, request_json: &str, programs: Vec<Vec<u8>>, profile: &str, hashes: &str) -> PyResult<(Option<Bound<'py, PyBytes>>, String)> {
    let (profile, hashes) = (profile_index(profile)?, hashes_way(hashes)?);
    let (bytes, document) = guarded(py, || {
        let run = match traced(request_json, &programs)? {
            Traced::Run(run) => run,
            Traced::Refused(document) => return Ok((None, document)),
        };
        let (request, trace, result) = *run;
        let begun = Instant::now();
        let key = match Key::new(&trace.programs, &PROFILES[usize::from(profile)]) {
            Ok(key) => key,
            Err(error) => return Ok((None, json!({"result": result, "cost": null, "unsupported": {"code": "too-large", "what": error.to_string()}}))),
        };
        let setup_s = begun.elapsed().as_secs_f64();
        Ok(match proven(&request, &trace, key, profile, hashes)? {
            Ok(proven) => {
                let mut cost = serde_json::to_value(&proven.cost).map_err(bad)?;
                cost["setup_s"] = json!(setup_s);
                (Some(proven.bytes), json!({"result": result, "cost": cost, "unsupported": null}))
            }
            Err(what) => (None, json!({"result": result, "cost": null, "unsupported": what})),
        })
    })?;
    Ok((bytes.map(|bytes| PyBytes::new(py, &bytes)), document.to_string()))
}

fn digests(document: &Value, key: &str) -> PyResult<Vec<[u8; 32]>> {
    let list = document.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|entry| entry.as_str().and_then(digest).ok_or_else(|| bad(format!("{key}: not a hash")))).collect()
}

fn digest(text: &str) -> Option<[u8; 32]> {
    let text = text.strip_prefix("0x")?;
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; 32];
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * i..2 * i + 2], 16).ok()?;
    }
    Some(bytes)
}

fn expectations(text: &str) -> PyResult<Expectations> {
    let document: Value = serde_json::from_str(text).map_err(bad)?;
    let request = match document.get("request") {
        None | Some(Value::Null) => None,
        Some(request) => Some(Request::parse(&request.to_string()).map_err(bad)?),
    };
    let fork = match document.get("fork").and_then(Value::as_str) {
        None => None,
        Some(name) => Some(isa::fork_index(name).ok_or_else(|| bad(format!("no rule set '{name}'")))?),
    };
    Ok(Expectations {
        fork,
        code_hashes: digests(&document, "code_hashes")?,
        digests: digests(&document, "digests")?,
        request,
        code_known: document.get("code_known").and_then(Value::as_bool).unwrap_or(false),
        unmet: document.get("unmet").and_then(Value::as_str).map(str::to_owned),
        creation_known: document.get("creation_known").and_then(Value::as_bool).unwrap_or(false),
    })
}

/// Verifies a receipt against expectations `{"fork", "code_hashes", "digests", "request", "code_known", "creation_known", "unmet"}`; the verdict is JSON.
#[pyfunction]
fn verify(py: Python<'_>, receipt: &[u8], expectations_json: &str) -> PyResult<String> {
    let expected = expectations(expectations_json)?;
    guarded(py, || Ok(verdict(receipt, &expected).to_string()))
}

/// Measures proving and verifying `runs` times: JSON with the smallest seconds, the cost, the verdict's bits.
#[pyfunction]
fn measure(py: Python<'_>, request_json: &str, programs: Vec<Vec<u8>>, profile: &str, runs: usize, hashes: &str) -> PyResult<String> {
    let (profile, hashes) = (profile_index(profile)?, hashes_way(hashes)?);
    guarded(py, || {
        let best = |best: &mut f64, begun: Instant| *best = best.min(begun.elapsed().as_secs_f64());
        let (mut execute_s, mut setup_s, mut prove_s, mut verify_s) = (f64::MAX, f64::MAX, f64::MAX, f64::MAX);
        let mut last = None;
        for _ in 0..runs.max(1) {
            let begun = Instant::now();
            let run = match traced(request_json, &programs)? {
                Traced::Run(run) => run,
                Traced::Refused(document) => return Ok(document.to_string()),
            };
            let traced_s = begun.elapsed().as_secs_f64();
            let (request, trace, _) = *run;
            let begun = Instant::now();
            let key = Key::new(&trace.programs, &PROFILES[usize::from(profile)]).map_err(bad)?;
            best(&mut setup_s, begun);
            let begun = Instant::now();
            let proven = match proven(&request, &trace, key, profile, hashes)? {
                Ok(proven) => proven,
                Err(what) => return Ok(json!({"unsupported": what}).to_string()),
            };
            prove_s = prove_s.min(traced_s + begun.elapsed().as_secs_f64());
            let request = Request::parse(request_json).map_err(bad)?;
            let library = library(&programs).map_err(bad)?;
            execute_s = execute_s.min(machine::time(&request, &library).map_err(bad)?.as_secs_f64());
            let begun = Instant::now();
            let checked = verdict(&proven.bytes, &Expectations::default());
            best(&mut verify_s, begun);
            last = Some((proven, checked));
        }
        let Some((proven, checked)) = last else { return Err(bad("no run")) };
        let document = json!({
            "execute_s": execute_s, "setup_s": setup_s, "prove_s": prove_s, "verify_s": verify_s, "receipt_bytes": proven.bytes.len(),
            "cost": serde_json::to_value(&proven.cost).map_err(bad)?, "proven_bits": checked["proven_bits"], "valid": checked["valid"], "reason": checked["reason"],
        });
        Ok(document.to_string())
    })
}

/// Adds the prover's functions to the module.
///
/// # Errors
/// If Python refuses.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("MAX_RECEIPT_BYTES", sol2zk_stark::receipt::MAX_BYTES)?;
    module.add_function(wrap_pyfunction!(prove, module)?)?;
    module.add_function(wrap_pyfunction!(verify, module)?)?;
    module.add_function(wrap_pyfunction!(measure, module)?)
}
