//! The program key: the commitment to the fixed tables, the ROM and the pool of a set of programs, and the shape of a proof around it.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use p3_air::BaseAir;
use p3_batch_stark::common::{GlobalPreprocessed, PreprocessedInstanceMeta};
use p3_batch_stark::{CommonData, ProverData, ProverOnlyData};
use p3_matrix::Matrix;
use p3_util::log2_strict_usize;
use sol2zk_chips::context::RomRow;
use sol2zk_chips::{fixed, rom};
use sol2zk_executor::isa::{self, Operand};
use sol2zk_executor::trace::Placed;

use crate::config::{Config, Profile};
use crate::outline::{Derived, derived};
use crate::tables::Table;

/// Number of tables that a key holds; they come first in every proof.
pub const FIXED: usize = 3;
/// Place of the ROM among them.
pub const ROM: usize = 1;
/// Place of the pool among them.
pub const POOL: usize = 2;

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
        Table::Nibbles(fixed::NibblesAir),
        Table::Rom(rom::RomAir { rows: Arc::new(rom_rows(programs)) }),
        Table::Pool(rom::PoolAir { constants: Arc::new(constants) }),
    ]
}

/// Root of the tree over the fixed tables of a set of programs.
pub type Root = [u64; 4];

/// A key, ready to prove with.
pub struct Key {
    root: Root,
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
    let mut heights = log_heights(&[Table::Nibbles(fixed::NibblesAir)]);
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
        let global = data.common.preprocessed.map(|global| global.commitment.into_roots());
        let Some(&[root]) = global.as_deref() else { return Err(KeyError("nothing is committed".into())) };
        Ok(Self { root, tree: data.prover_only, tables })
    }

    /// Root of its tree.
    pub fn root(&self) -> Root {
        self.root
    }

    /// The prover's data for a proof over `tables`, the fixed ones first.
    pub fn prover_data(self, config: &Config, tables: &[Table], log_heights: &[usize]) -> Result<ProverData<Config>, KeyError> {
        let common = common(self.root, config, tables, log_heights)?;
        Ok(ProverData { common, prover_only: self.tree })
    }
}

/// What prover and verifier share of a proof over `tables`, the fixed ones first, under this root. Commits to nothing, and asks for no fixed row.
pub fn common(root: Root, config: &Config, tables: &[Table], log_heights: &[usize]) -> Result<CommonData<Config>, KeyError> {
    Ok(common_of(root, tables, log_heights, &outlines(config, tables, log_heights)?))
}

/// What follows from each table's constraints.
pub(crate) fn outlines(config: &Config, tables: &[Table], log_heights: &[usize]) -> Result<Vec<Arc<Derived>>, KeyError> {
    tables.iter().zip(log_heights).map(|(table, &log_height)| derived(config, table, log_height).map_err(KeyError)).collect()
}

/// As [`common`], of tables whose constraints are known.
pub(crate) fn common_of(root: Root, tables: &[Table], log_heights: &[usize], outlines: &[Arc<Derived>]) -> CommonData<Config> {
    let fixed = |(matrix_index, (table, &degree_bits)): (usize, (&Table, &usize))| {
        (matrix_index < FIXED).then(|| PreprocessedInstanceMeta { matrix_index, width: table.preprocessed_width(), degree_bits })
    };
    let instances = tables.iter().zip(log_heights).enumerate().map(fixed).collect();
    let preprocessed = GlobalPreprocessed { commitment: vec![root].into(), instances, matrix_to_instance: (0..FIXED).collect() };
    CommonData::new(Some(preprocessed), outlines.iter().map(|outline| outline.lookups.clone()).collect())
}

/// Roots already rebuilt, by (digests of the programs, log2 of the blow-up).
static REBUILT: LazyLock<Mutex<HashMap<CacheKey, Root>>> = LazyLock::new(Mutex::default);

type CacheKey = (Vec<[u8; 32]>, usize);

fn cache_key(programs: &[Placed], profile: &Profile) -> CacheKey {
    (programs.iter().map(|placed| placed.program.digest()).collect(), profile.log_blowup)
}

/// The root that an earlier call of [`root`] rebuilt in this process.
pub(crate) fn rebuilt(programs: &[Placed], profile: &Profile) -> Option<Root> {
    REBUILT.lock().ok().and_then(|cache| cache.get(&cache_key(programs, profile)).copied())
}

/// Rebuilds the root from the programs, or takes it from the cache of this process.
pub fn root(programs: &[Placed], profile: &Profile) -> Result<Root, KeyError> {
    if let Some(known) = rebuilt(programs, profile) {
        return Ok(known);
    }
    let root = Key::new(programs, profile)?.root;
    if let Ok(mut cache) = REBUILT.lock() {
        if cache.len() >= 64 {
            cache.clear();
        }
        cache.insert(cache_key(programs, profile), root);
    }
    Ok(root)
}
