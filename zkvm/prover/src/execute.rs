//! The executor: requests, lint, digests.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use sol2zk_executor::host::request::Request;
use sol2zk_executor::isa;
use sol2zk_executor::machine::{self, Library, Loaded, RunError};
use sol2zk_executor::program::Program;

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
    static CACHE: OnceLock<Mutex<Cache>> = OnceLock::new();
    let mut cache = CACHE.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let mut out = Library::default();
    for body in bodies {
        out.add(cache.get(body)?)?;
    }
    Ok(out)
}

/// Runs a request (ISA 8) with programs given as bodies; result and request are JSON.
#[pyfunction]
#[pyo3(signature = (request_json, programs, step_limit = machine::MAX_STEPS))]
fn execute(py: Python<'_>, request_json: &str, programs: Vec<Vec<u8>>, step_limit: u64) -> PyResult<String> {
    guarded(py, || {
        let run = || Ok(machine::execute_limited(&Request::parse(request_json)?, &library(&programs)?, step_limit)?.to_json());
        run().map_err(|error: RunError| PyValueError::new_err(error.to_string()))
    })
}

/// Runs a request through the traced loop: its result, the numbers of chained and pure steps, and seconds.
#[pyfunction]
#[pyo3(signature = (request_json, programs, max_steps = 1 << 22))]
fn execute_traced(py: Python<'_>, request_json: &str, programs: Vec<Vec<u8>>, max_steps: usize) -> PyResult<(String, usize, usize, f64)> {
    guarded(py, || {
        let run = || {
            let (request, library) = (Request::parse(request_json)?, library(&programs)?);
            let begun = std::time::Instant::now();
            let (outcome, trace) = machine::trace(&request, &library, max_steps)?;
            let seconds = begun.elapsed().as_secs_f64();
            Ok((outcome.to_json(), trace.steps.len(), trace.pures.len(), seconds))
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
    module.add_function(wrap_pyfunction!(lint, module)?)?;
    module.add_function(wrap_pyfunction!(isa_digest, module)?)?;
    module.add_function(wrap_pyfunction!(version, module)?)
}
