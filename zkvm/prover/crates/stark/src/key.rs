//! The program key: the commitment to the fixed tables, the ROM and the pool of a set of programs, and the shape of a proof around it.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use p3_air::BaseAir;
use p3_batch_stark::common::{GlobalPreprocessed, PreprocessedInstanceMeta};
use p3_batch_stark::{CommonData, ProverData, ProverOnlyData};
use p3_matrix::Matrix;
use p3_util::log2_strict_usize;
use sol2zk_chips::bus::F;
use sol2zk_chips::context::RomRow;
use sol2zk_chips::{fixed, rom};
use sol2zk_executor::isa::{self, Operand};
use sol2zk_executor::program::Program;
use sol2zk_executor::trace::Placed;

use crate::config::{Config, Profile};
use crate::tables::Table;

/// Number of tables that a key holds; they come first in every proof.
pub const FIXED: usize = 4;

/// The instructions of placed programs as ROM rows.
pub fn rom_rows(programs: &[Placed]) -> Vec<RomRow> {
    let mut rows = Vec::new();
    for placed in programs {
        let first_constant = placed.base + placed.program.count() + 1;
        for (id, instruction) in placed.instructions() {
            let operands = isa::row(instruction.op).map(|row| row.operands).unwrap_or([Operand::Unused; 3]);
            let mut op = u32::from(instruction.op);
            for (i, operand) in operands.iter().enumerate() {
                if *operand == Operand::Word && instruction.fields[i] >= first_constant {
                    op |= 1 << (8 + i);
                }
            }
            rows.push(RomRow { id, op, fields: instruction.fields, gas: instruction.gas });
        }
    }
    rows
}

/// The tables that a key holds.
pub fn fixed_tables(programs: &[Placed]) -> Vec<Table> {
    let constants = programs.iter().flat_map(Placed::constants).collect();
    vec![
        Table::Range(fixed::RangeAir),
        Table::Nibbles(fixed::NibblesAir),
        Table::Rom(rom::RomAir { rows: Arc::new(rom_rows(programs)) }),
        Table::Pool(rom::PoolAir { constants: Arc::new(constants) }),
    ]
}

/// The commitment, without the prover's tree.
#[derive(Clone)]
struct Commitment {
    root: p3_batch_stark::Commitment<Config>,
    meta: Vec<Option<PreprocessedInstanceMeta>>,
    lookups: Vec<p3_lookup::Lookups<F>>,
}

/// A key, ready to prove with.
pub struct Key {
    commitment: Commitment,
    tree: ProverOnlyData<Config>,
    /// The fixed tables.
    pub tables: Vec<Table>,
}

fn log_heights(tables: &[Table]) -> Vec<usize> {
    tables.iter().map(|table| table.preprocessed_trace().map_or(0, |trace| log2_strict_usize(trace.height()))).collect()
}

/// log2 of the heights of the tables that a key holds, without making the rows of programs.
pub fn fixed_log_heights(programs: &[Placed]) -> Vec<usize> {
    let height = |rows: usize| rows.next_power_of_two().max(2).ilog2() as usize;
    let instructions = programs.iter().map(|placed| placed.program.instructions.len()).sum();
    let constants = programs.iter().map(|placed| placed.constants().count()).sum();
    let mut heights = log_heights(&[Table::Range(fixed::RangeAir), Table::Nibbles(fixed::NibblesAir)]);
    heights.extend([height(instructions), height(constants)]);
    heights
}

/// A key cannot be made: a table is too tall for the profile.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the programs do not fit a proof: {0}")]
pub struct KeyError(String);

impl KeyError {
    /// In the verifier's words.
    pub fn what(&self) -> &'static str {
        "the programs do not fit a proof"
    }
}

impl Key {
    /// Commits to the programs (the slow part of set-up).
    pub fn new(programs: &[Placed], profile: &Profile) -> Result<Self, KeyError> {
        let tables = fixed_tables(programs);
        let heights = log_heights(&tables);
        if heights.iter().any(|&height| height > profile.max_log_height()) {
            return Err(KeyError("too many instructions or constants".into()));
        }
        let config = profile.config(&[]);
        let data = ProverData::from_airs_and_degrees(&config, &tables, &heights).map_err(|error| KeyError(error.to_string()))?;
        let Some(global) = data.common.preprocessed else { return Err(KeyError("nothing is committed".into())) };
        let commitment = Commitment { root: global.commitment, meta: global.instances, lookups: data.common.lookups };
        Ok(Self { commitment, tree: data.prover_only, tables })
    }

    /// The prover's data for a proof over the fixed tables and `others`.
    pub fn prover_data(self, config: &Config, others: &[Table], log_heights: &[usize]) -> Result<ProverData<Config>, KeyError> {
        let common = common(&self.commitment, config, others, log_heights)?;
        Ok(ProverData { common, prover_only: self.tree })
    }
}

fn common(commitment: &Commitment, config: &Config, others: &[Table], log_heights: &[usize]) -> Result<CommonData<Config>, KeyError> {
    let rest = ProverData::from_airs_and_degrees(config, others, log_heights).map_err(|error| KeyError(error.to_string()))?;
    let mut meta = commitment.meta.clone();
    meta.resize_with(FIXED + others.len(), || None);
    let mut lookups = commitment.lookups.clone();
    lookups.extend(rest.common.lookups);
    let preprocessed = GlobalPreprocessed { commitment: commitment.root.clone(), instances: meta, matrix_to_instance: (0..FIXED).collect() };
    Ok(CommonData::new(Some(preprocessed), lookups))
}

/// Commitments already rebuilt, by (digests of the programs, log2 of the blow-up).
static REBUILT: LazyLock<Mutex<HashMap<CacheKey, Commitment>>> = LazyLock::new(Mutex::default);

type CacheKey = (Vec<[u8; 32]>, usize);

/// Rebuilds the commitment from the programs, whatever a receipt says (or takes it from the cache of this process), for a proof over the fixed tables and `others`.
pub fn verifier_data(
    programs: &[Placed],
    profile: &Profile,
    config: &Config,
    others: &[Table],
    log_heights: &[usize],
) -> Result<(Vec<Table>, CommonData<Config>), KeyError> {
    let digests: Vec<[u8; 32]> = programs.iter().map(|placed| Program::digest(&placed.program)).collect();
    let index = (digests, profile.log_blowup);
    let known = REBUILT.lock().ok().and_then(|cache| cache.get(&index).cloned());
    let (tables, commitment) = match known {
        Some(commitment) => (fixed_tables(programs), commitment),
        None => {
            let key = Key::new(programs, profile)?;
            if let Ok(mut cache) = REBUILT.lock() {
                if cache.len() >= 64 {
                    cache.clear();
                }
                cache.insert(index, key.commitment.clone());
            }
            (key.tables, key.commitment)
        }
    };
    let common = common(&commitment, config, others, log_heights)?;
    Ok((tables, common))
}
