//! State roots.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::guard::guarded;

/// The state root, in hex, of a state as requests and results have it (ISA 8.1, 8.2).
#[pyfunction]
fn state_root(py: Python<'_>, state_json: &str) -> PyResult<String> {
    guarded(py, || sol2zk_state::state_root(state_json).map(|root| root.to_string()).map_err(|error| PyValueError::new_err(error.to_string())))
}

/// Adds the function to the module.
///
/// # Errors
/// If Python refuses.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(state_root, module)?)
}
