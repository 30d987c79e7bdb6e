//! Programs ready to run, by what they translate.

use std::collections::HashMap;
use std::sync::Arc;

use ruint::aliases::U256;

use super::RunError;
use crate::lint::lint;
use crate::program::{CodeKind, Program, ProgramError};
use crate::schedule::{Schedule, schedules};

/// A linted program with its schedules.
#[derive(Debug)]
pub struct Loaded {
    /// The program.
    pub program: Arc<Program>,
    pub(super) plain: Schedule,
    pub(super) fast: Schedule,
}

impl Loaded {
    /// Lints and schedules a program.
    ///
    /// # Errors
    /// A broken rule of the lint, or a wire that not every path gives.
    pub fn new(program: Program) -> Result<Self, RunError> {
        let facts = lint(&program).map_err(ProgramError::from)?;
        let (plain, fast) = schedules(&program, &facts)?;
        Ok(Self { program: Arc::new(program), plain, fast })
    }

    /// Decodes, lints and schedules a body.
    ///
    /// # Errors
    /// As [`Loaded::new`], or bytes that are no program.
    pub fn decode(body: &[u8]) -> Result<Self, RunError> {
        Self::new(Program::decode_unlinted(body)?)
    }

    /// Position that JMPD goes to for an EVM pc.
    pub(super) fn jump(&self, schedule: &Schedule, pc: U256) -> Option<u32> {
        schedule.label(U256::from(self.jump_entry(pc)?))
    }

    /// Identifier of the jump table's entry for an EVM pc.
    pub(super) fn jump_entry(&self, pc: U256) -> Option<u32> {
        let pc = u32::try_from(pc).ok()?;
        let table = &self.program.jump_table;
        let index = table.binary_search_by_key(&pc, |entry| entry.0).ok()?;
        table.get(index).map(|entry| entry.1)
    }
}

/// Programs by what they translate.
#[derive(Clone, Debug, Default)]
pub struct Library {
    /// By (code hash, kind, rule set).
    programs: HashMap<([u8; 32], CodeKind, u8), Arc<Loaded>>,
    /// Those of creation code, the longest code first.
    creations: Vec<Arc<Loaded>>,
}

impl Library {
    /// Adds a program; the same one may be added again.
    ///
    /// # Errors
    /// If another program for the same code object is there.
    pub fn add(&mut self, loaded: Arc<Loaded>) -> Result<(), RunError> {
        let Program { code_hash, kind, fork, .. } = *loaded.program;
        let before = self.programs.insert((code_hash, kind, fork), Arc::clone(&loaded));
        if kind == CodeKind::Creation && before.is_none() {
            let length = loaded.program.code.len();
            let place = self.creations.partition_point(|other| other.program.code.len() >= length);
            self.creations.insert(place, Arc::clone(&loaded));
        }
        if before.is_some_and(|before| !Arc::ptr_eq(&before, &loaded) && before.program != loaded.program) {
            let code_hash = code_hash.iter().map(|byte| format!("{byte:02x}")).collect();
            return Err(RunError::Twice { code_hash, kind: kind.name() });
        }
        Ok(())
    }

    /// The program of a code object.
    #[must_use]
    pub fn get(&self, code_hash: [u8; 32], kind: CodeKind, fork: u8) -> Option<&Arc<Loaded>> {
        self.programs.get(&(code_hash, kind, fork))
    }

    /// The creation program whose code is the longest prefix of the init code (ISA 9.6); a prefix has at least one byte.
    #[must_use]
    pub fn prefix(&self, init: &[u8], fork: u8) -> Option<&Arc<Loaded>> {
        let fits = |loaded: &&Arc<Loaded>| {
            let Program { code, fork: own, .. } = &*loaded.program;
            *own == fork && !code.is_empty() && init.starts_with(code)
        };
        self.creations.iter().find(fits)
    }

    /// Decodes bodies into a library.
    ///
    /// # Errors
    /// As [`Loaded::decode`] and [`Library::add`].
    pub fn decode<'a>(bodies: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, RunError> {
        let mut out = Self::default();
        for body in bodies {
            out.add(Arc::new(Loaded::decode(body)?))?;
        }
        Ok(out)
    }
}
