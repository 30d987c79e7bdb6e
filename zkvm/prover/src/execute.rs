//! The executor: requests, lint, digests.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sol2zk_executor::host::request::Request;
use sol2zk_executor::isa;
use sol2zk_executor::machine::{self, Library, Loaded, RunError, Translate};
use sol2zk_executor::program::{CodeKind, Program};

use crate::guard::guarded;

/// Bodies are kept ready up to this many bytes together.
const CACHE_BYTES: usize = 1 << 26;

/// Programs by hash of the body, with the body.
#[derive(Default)]
struct Cache {
    hasher: RandomState,
    programs: HashMap<u64, (Vec<u8>, Arc<Loaded>)>,
    bytes: usize,
}

impl Cache {
    fn get(&mut self, body: &[u8]) -> Result<Arc<Loaded>, RunError> {
        let key = self.hasher.hash_one(body);
        if let Some((known, loaded)) = self.programs.get(&key)
            && known == body
        {
            return Ok(Arc::clone(loaded));
        }
        let loaded = Arc::new(Loaded::decode(body)?);
        if self.bytes.saturating_add(body.len()) > CACHE_BYTES {
            self.programs.clear();
            self.bytes = 0;
        }
        self.bytes += body.len();
        self.programs.insert(key, (body.to_vec(), Arc::clone(&loaded)));
        Ok(loaded)
    }
}

/// The library of program bodies, decoded, linted and scheduled once in a process.
///
/// # Errors
/// If a body is no program, or two are for one code object.
pub fn library(bodies: &[Vec<u8>]) -> Result<Library, RunError> {
    let mut out = Library::default();
    for body in bodies {
        out.add(loaded(body)?)?;
    }
    Ok(out)
}

/// A program body, decoded, linted and scheduled once in a process.
fn loaded(body: &[u8]) -> Result<Arc<Loaded>, RunError> {
    static CACHE: OnceLock<Mutex<Cache>> = OnceLock::new();
    CACHE.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner).get(body)
}

/// A run's result, or the exception of what was asked to translate.
type Answered<T> = (Option<PyErr>, Result<T, RunError>);

/// Runs with a Python callable (code, kind) -> body or None, called with the interpreter attached.
fn asking<T>(translate: Option<&Py<PyAny>>, run: impl FnOnce(Option<Box<Translate<'_>>>) -> Result<T, RunError>) -> Answered<T> {
    let Some(callable) = translate else {
        return (None, run(None));
    };
    let mut raised = None;
    let ask = |code: &[u8], kind: CodeKind| {
        let body = Python::attach(|py| callable.call1(py, (PyBytes::new(py, code), kind.name()))?.extract::<Option<Vec<u8>>>(py));
        match body {
            Ok(None) => Ok(None),
            Ok(Some(body)) => loaded(&body).map(Some).map_err(|error| error.to_string()),
            Err(error) => {
                let text = error.to_string();
                raised = Some(error);
                Err(text)
            }
        }
    };
    let result = run(Some(Box::new(ask)));
    (raised, result)
}

fn answer<T>((raised, result): Answered<T>) -> PyResult<T> {
    match raised {
        Some(error) => Err(error),
        None => result.map_err(|error| PyValueError::new_err(error.to_string())),
    }
}

/// Runs a request (ISA 8) with programs given as bodies; result and request are JSON. `translate` is asked for code that has no program.
#[pyfunction]
#[pyo3(signature = (request_json, programs, step_limit = machine::MAX_STEPS, translate = None))]
fn execute(py: Python<'_>, request_json: &str, programs: Vec<Vec<u8>>, step_limit: u64, translate: Option<Py<PyAny>>) -> PyResult<String> {
    guarded(py, || {
        answer(asking(translate.as_ref(), |translate| {
            Ok(machine::execute_asking(&Request::parse(request_json)?, &library(&programs)?, step_limit, translate)?.to_json())
        }))
    })
}

/// Runs a request through the traced loop: its result, the numbers of chained and pure steps, and seconds.
#[pyfunction]
#[pyo3(signature = (request_json, programs, max_steps = 1 << 22, translate = None))]
fn execute_traced(
    py: Python<'_>,
    request_json: &str,
    programs: Vec<Vec<u8>>,
    max_steps: usize,
    translate: Option<Py<PyAny>>,
) -> PyResult<(String, usize, usize, f64)> {
    guarded(py, || {
        answer(asking(translate.as_ref(), |translate| {
            let (request, library) = (Request::parse(request_json)?, library(&programs)?);
            let begun = std::time::Instant::now();
            let (outcome, trace) = machine::trace_asking(&request, &library, max_steps, translate)?;
            let seconds = begun.elapsed().as_secs_f64();
            Ok((outcome.to_json(), trace.steps.len(), trace.pures.len(), seconds))
        }))
    })
}

/// The smallest time in seconds of `runs` runs of a request's transactions, by programs given as bodies.
#[pyfunction]
fn execute_bench(py: Python<'_>, request_json: &str, programs: Vec<Vec<u8>>, runs: usize) -> PyResult<f64> {
    guarded(py, || {
        let run = || {
            let (request, library) = (Request::parse(request_json)?, library(&programs)?);
            let mut best = f64::MAX;
            for _ in 0..runs.max(1) {
                best = best.min(machine::time(&request, &library)?.as_secs_f64());
            }
            Ok(best)
        };
        run().map_err(|error: RunError| PyValueError::new_err(error.to_string()))
    })
}

/// The lint of ISA 7.5 on a body: what is wrong, or None.
#[pyfunction]
fn lint(py: Python<'_>, body: &[u8]) -> PyResult<Option<String>> {
    guarded(py, || Ok(Program::decode(body).err().map(|error| error.to_string())))
}

/// Digest of the instruction table that the extension was built with, in hex (ISA 7.4).
#[pyfunction]
fn isa_digest() -> String {
    isa::ISA_DIGEST.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Version of the extension.
#[pyfunction]
fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Adds the executor's functions to the module.
///
/// # Errors
/// If Python refuses.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("ISA_DIGEST", pyo3::types::PyBytes::new(module.py(), &isa::ISA_DIGEST))?;
    module.add_function(wrap_pyfunction!(execute, module)?)?;
    module.add_function(wrap_pyfunction!(execute_traced, module)?)?;
    module.add_function(wrap_pyfunction!(execute_bench, module)?)?;
    module.add_function(wrap_pyfunction!(lint, module)?)?;
    module.add_function(wrap_pyfunction!(isa_digest, module)?)?;
    module.add_function(wrap_pyfunction!(version, module)?)
}
