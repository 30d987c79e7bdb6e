//! Proving: a traced run to a receipt.

use std::time::Instant;

use p3_air::BaseAir;
use p3_batch_stark::{StarkInstance, prove_batch};
use p3_matrix::Matrix;
use p3_util::log2_strict_usize;
use sol2zk_executor::host::request::Request;
use sol2zk_executor::trace::Trace;
use thiserror::Error;

use crate::config::{PROFILES, Profile};
use crate::cost::{Cost, TableCost};
use crate::key::{Key, KeyError};
use crate::receipt::{MAX_PROGRAMS, MAX_STATEMENT_BYTES, Receipt, seed, statement_bytes, within_limits};
use crate::tables::Table;
use crate::witness::{Hashes, WitnessError, witness};

/// Most memory of the prover's tables, in MiB.
pub const MAX_MIB: u64 = 16 << 10;

/// Why there is no receipt.
#[derive(Clone, Debug, Error)]
pub enum ProveError {
    /// The run has no witness.
    #[error(transparent)]
    Witness(#[from] WitnessError),
    /// The programs have no key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A table is too tall for the profile.
    #[error("the {0} table needs 2^{1} rows, more than the profile admits: unsupported")]
    Height(&'static str, usize),
    /// The proof would not fit the memory that a proof may take.
    #[error("the proof would take {0} MiB of memory, more than the {1} that one proof may take: unsupported")]
    Memory(u64, u64),
    /// What is claimed, its programs or its proof are larger than a receipt may be.
    #[error("the receipt would be larger than a verifier reads: unsupported")]
    Size,
    /// The prover failed.
    #[error("internal: {0}")]
    Internal(String),
}

/// A receipt's bytes and what they cost.
pub struct Proven {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Rows, cells, interactions by table, seconds by stage.
    pub cost: Cost,
}

/// Proves a traced run under profile `profile` (index into PROFILES) with a key for its programs.
pub fn prove(request: &Request, trace: &Trace, key: Key, profile: u8, hashes: Hashes) -> Result<Proven, ProveError> {
    prove_within(request, trace, key, profile, hashes, MAX_MIB)
}

/// [`prove`] with at most `max_mib` of memory.
pub(crate) fn prove_within(request: &Request, trace: &Trace, key: Key, profile: u8, hashes: Hashes, max_mib: u64) -> Result<Proven, ProveError> {
    let started = Instant::now();
    let parameters: &Profile = PROFILES.get(usize::from(profile)).ok_or_else(|| ProveError::Internal("no such profile".into()))?;
    let witness = witness(request, trace, &key.tables, parameters.log_blowup, hashes)?;
    let mut tables: Vec<Table> = key.tables.clone();
    tables.extend(witness.others.iter().cloned());
    let log_heights: Vec<usize> = witness.traces.iter().map(|trace| log2_strict_usize(trace.height())).collect();
    for (table, &height) in tables.iter().zip(&log_heights) {
        if height > parameters.max_log_height() {
            return Err(ProveError::Height(table.name(), height));
        }
    }
    let witness_s = started.elapsed().as_secs_f64();

    let programs: Vec<Vec<u8>> = trace.programs.iter().map(|placed| placed.program.encode()).collect();
    let statement = statement_bytes(&witness.statement);
    if programs.len() > MAX_PROGRAMS || statement.len() > MAX_STATEMENT_BYTES {
        return Err(ProveError::Size);
    }
    let seed = seed(profile, witness.present, &programs, &statement);
    let config = parameters.config(&seed);
    let root = key.root();
    let data = key.prover_data(&config, &tables, &log_heights)?;
    let costs: Vec<TableCost> = tables
        .iter()
        .zip(&witness.traces)
        .zip(&data.common.lookups)
        .map(|((table, trace), lookups)| TableCost::of(table, trace.height(), table.width(), lookups))
        .collect();
    let memory = costs.iter().map(|cost| cost.prover_bytes(parameters.log_blowup)).sum::<u64>() >> 20;
    if memory > max_mib {
        return Err(ProveError::Memory(memory, max_mib));
    }
    let instances: Vec<_> = tables.iter().zip(&witness.traces).map(|(air, trace)| StarkInstance { air, trace, public_values: vec![] }).collect();
    let proof = prove_batch(&config, &instances, &data).map_err(|error| ProveError::Internal(error.to_string()))?;
    let receipt = Receipt { profile, tables: witness.present, root, programs, statement: witness.statement, proof };
    let bytes = receipt.encode();
    if !within_limits(&bytes, &statement) {
        return Err(ProveError::Size);
    }
    let cost = Cost { tables: costs, witness_s, prove_s: started.elapsed().as_secs_f64(), receipt_bytes: bytes.len() };
    Ok(Proven { bytes, cost })
}
