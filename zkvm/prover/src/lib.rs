//! The extension module `zkvm._native`: one file per area, each with a `register`.

use pyo3::prelude::*;

pub mod execute;
pub mod guard;
pub mod oracle;
pub mod proof;
pub mod state;

#[global_allocator]
static GLOBAL: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// The extension of sol2zk.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    execute::register(module)?;
    proof::register(module)?;
    oracle::register(module)?;
    state::register(module)
}
