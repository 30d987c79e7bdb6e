//! The EVM oracle: revm, in a module of its own.

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use sol2zk_oracle::OracleError;

use crate::guard::guarded;

fn raised(error: OracleError) -> PyErr {
    match error {
        OracleError::Machine(_) => PyRuntimeError::new_err(error.to_string()),
        OracleError::NotCovered(_) => pyo3::exceptions::PyNotImplementedError::new_err(error.to_string()),
        _ => PyValueError::new_err(error.to_string()),
    }
}

/// Runs a request (ISA 8) in revm; request and result are JSON. `"trace": true` adds where the run went.
#[pyfunction]
fn oracle_run(py: Python<'_>, request_json: &str) -> PyResult<String> {
    guarded(py, || sol2zk_oracle::run(request_json).map_err(raised))
}

/// The smallest time in seconds of `runs` runs of a request's calls in revm.
#[pyfunction]
fn oracle_bench(py: Python<'_>, request_json: &str, runs: usize) -> PyResult<f64> {
    guarded(py, || sol2zk_oracle::bench(request_json, runs).map(|time| time.as_secs_f64()).map_err(raised))
}

/// Adds the oracle's functions to the module.
///
/// # Errors
/// If Python refuses.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(oracle_run, module)?)?;
    module.add_function(wrap_pyfunction!(oracle_bench, module)?)
}
