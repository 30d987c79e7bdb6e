//! Programs of the code that a run meets: given, or asked for when it is met (ISA 8.12, 9.6).

use std::sync::Arc;

use super::library::{Library, Loaded};
use super::{RunError, Stop};
use crate::host::result::MissingCode;
use crate::keccak::keccak256;
use crate::program::CodeKind;

/// Translates code of a kind, or has nothing for it; the text of an error ends the run.
pub type Translate<'a> = dyn FnMut(&[u8], CodeKind) -> Result<Option<Arc<Loaded>>, String> + 'a;

/// The programs of a run.
pub(super) struct Codes<'a> {
    pub library: Library,
    pub fork: u8,
    pub translate: Option<Box<Translate<'a>>>,
}

impl Codes<'_> {
    /// The program of deployed code, or of creation code without arguments.
    pub fn exact(&mut self, code: &Arc<[u8]>, hash: [u8; 32], kind: CodeKind) -> Result<Arc<Loaded>, Stop> {
        match self.library.get(hash, kind, self.fork) {
            Some(loaded) => Ok(Arc::clone(loaded)),
            None => self.ask(code, hash, kind),
        }
    }

    /// The program of init code: that of its longest known prefix, or of all of it.
    pub fn creation(&mut self, init: &Arc<[u8]>) -> Result<Arc<Loaded>, Stop> {
        match self.library.prefix(init, self.fork) {
            Some(loaded) => Ok(Arc::clone(loaded)),
            None => self.ask(init, keccak256(init), CodeKind::Creation),
        }
    }

    fn ask(&mut self, code: &Arc<[u8]>, hash: [u8; 32], kind: CodeKind) -> Result<Arc<Loaded>, Stop> {
        let missing = || Stop::Missing(MissingCode { code: Arc::clone(code), kind });
        let Some(translate) = &mut self.translate else {
            return Err(missing());
        };
        let answer = translate(code, kind).map_err(RunError::Translation)?;
        let loaded = answer.ok_or_else(missing)?;
        let program = &loaded.program;
        if (program.code_hash, program.kind, program.fork) != (hash, kind, self.fork) {
            return Err(RunError::Translation("the program is for other code, another kind or another rule set".to_owned()).into());
        }
        self.library.add(Arc::clone(&loaded))?;
        Ok(loaded)
    }
}
