//! The receipt's bytes: header, programs, statement, proof. Canonical: what decodes re-encodes to the same bytes.

use p3_batch_stark::BatchProof;
use postcard::ser_flavors::Flavor;
use serde::Serialize;
use sol2zk_executor::isa;
use sol2zk_executor::keccak::keccak256;
use thiserror::Error;

use crate::config::Config;
use crate::key::Root;
use crate::statement::Statement;

const MAGIC: &[u8; 4] = b"SZKR";
/// Version of the receipt's format and of the constraint system.
pub const VERSION: u16 = 2;
/// Largest receipt that is looked at.
pub const MAX_BYTES: usize = 1 << 26;
/// Most programs in a receipt.
pub const MAX_PROGRAMS: usize = 64;
/// Largest statement. What decodes from it is at most some 15 times as large, whatever it says.
pub const MAX_STATEMENT_BYTES: usize = 1 << 25;
/// Largest proof: several times that of the largest shape. What decodes from it is at most some 40 times as large, whatever it says.
pub const MAX_PROOF_BYTES: usize = 1 << 24;

/// A receipt, decoded but not verified.
pub struct Receipt {
    /// Index into [`crate::config::PROFILES`].
    pub profile: u8,
    /// Bit i: table i of [`crate::tables::NAMES`] is in the proof.
    pub tables: u64,
    /// Root of the tree over the fixed tables: what the proof is checked against before the verifier rebuilds it from the programs.
    pub root: Root,
    /// Program bodies.
    pub programs: Vec<Vec<u8>>,
    /// What is claimed.
    pub statement: Statement,
    /// The proof.
    pub proof: BatchProof<Config>,
}

/// Why bytes are no receipt.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FormatError {
    /// Not a receipt.
    #[error("this is no receipt")]
    Magic,
    /// Larger than any receipt.
    #[error("the file is larger than any receipt")]
    Size,
    /// Another version.
    #[error("receipt version {0} is unknown to this verifier")]
    Version(u16),
    /// Another instruction set.
    #[error("the receipt is for another instruction set")]
    Isa,
    /// Ends too early.
    #[error("the receipt is cut short")]
    Truncated,
    /// Goes on after its end.
    #[error("the receipt has bytes after its end")]
    Trailing,
    /// Part of it does not decode, or not canonically.
    #[error("the receipt's {0} is malformed")]
    Malformed(&'static str),
}

/// Whether a verifier reads a receipt of these bytes with this statement in it.
pub fn within_limits(bytes: &[u8], statement: &[u8]) -> bool {
    bytes.len() <= MAX_BYTES && statement.len() <= MAX_STATEMENT_BYTES && bytes.len() - statement.len() <= MAX_PROOF_BYTES
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], FormatError> {
        let (head, tail) = self.0.split_at_checked(length).ok_or(FormatError::Truncated)?;
        self.0 = tail;
        Ok(head)
    }
    fn array<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        self.take(N)?.try_into().map_err(|_| FormatError::Truncated)
    }
    fn section(&mut self) -> Result<&'a [u8], FormatError> {
        let length = u32::from_le_bytes(self.array()?) as usize;
        self.take(length)
    }
}

fn section(bytes: &mut Vec<u8>, part: &[u8]) {
    bytes.extend((part.len() as u32).to_le_bytes());
    bytes.extend(part);
}

fn header(profile: u8, tables: u64) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend(isa::ISA_DIGEST);
    bytes.push(profile);
    bytes.extend(tables.to_le_bytes());
    bytes
}

/// Canonical bytes of a statement.
pub fn statement_bytes(statement: &Statement) -> Vec<u8> {
    postcard::to_allocvec(statement).unwrap_or_default()
}

/// Bytes that an encoding is compared with while it is made.
struct Expected<'a>(&'a [u8]);

impl Flavor for Expected<'_> {
    type Output = bool;

    fn try_extend(&mut self, data: &[u8]) -> postcard::Result<()> {
        self.0 = self.0.strip_prefix(data).ok_or(postcard::Error::SerializeBufferFull)?;
        Ok(())
    }
    fn try_push(&mut self, data: u8) -> postcard::Result<()> {
        self.try_extend(&[data])
    }
    fn finalize(self) -> postcard::Result<bool> {
        Ok(self.0.is_empty())
    }
}

/// Whether these bytes, all of them, are the value's encoding.
fn encodes_to(value: &impl Serialize, bytes: &[u8]) -> bool {
    postcard::serialize_with_flavor(value, Expected(bytes)).unwrap_or(false)
}

/// What the transcript starts from: everything the proof is about that Plonky3's transcript does not observe by itself.
pub fn seed(profile: u8, tables: u64, programs: &[Vec<u8>], statement: &[u8]) -> [u8; 32] {
    let mut bytes = header(profile, tables);
    for body in programs {
        bytes.extend(keccak256(body));
    }
    bytes.extend(keccak256(statement));
    keccak256(&bytes)
}

impl Receipt {
    /// The bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = header(self.profile, self.tables);
        bytes.extend(self.root.iter().flat_map(|part| part.to_le_bytes()));
        bytes.extend((self.programs.len() as u32).to_le_bytes());
        for body in &self.programs {
            section(&mut bytes, body);
        }
        section(&mut bytes, &statement_bytes(&self.statement));
        section(&mut bytes, &postcard::to_allocvec(&self.proof).unwrap_or_default());
        bytes
    }

    /// Decodes hostile bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        if bytes.len() > MAX_BYTES {
            return Err(FormatError::Size);
        }
        let mut reader = Reader(bytes);
        let magic: [u8; 4] = reader.array().map_err(|_| FormatError::Magic)?;
        if &magic != MAGIC {
            return Err(FormatError::Magic);
        }
        let version = u16::from_le_bytes(reader.array()?);
        if version != VERSION {
            return Err(FormatError::Version(version));
        }
        if reader.array::<32>()? != isa::ISA_DIGEST {
            return Err(FormatError::Isa);
        }
        let [profile] = reader.array()?;
        let tables = u64::from_le_bytes(reader.array()?);
        let mut root = Root::default();
        for part in &mut root {
            *part = u64::from_le_bytes(reader.array()?);
        }
        let count = u32::from_le_bytes(reader.array()?) as usize;
        if count > MAX_PROGRAMS {
            return Err(FormatError::Malformed("program table"));
        }
        let programs = (0..count).map(|_| reader.section().map(<[u8]>::to_vec)).collect::<Result<_, _>>()?;
        let claimed = reader.section()?;
        let proven = reader.section()?;
        if !reader.0.is_empty() {
            return Err(FormatError::Trailing);
        }
        if claimed.len() > MAX_STATEMENT_BYTES || proven.len() > MAX_PROOF_BYTES {
            return Err(FormatError::Size);
        }
        let statement: Statement = postcard::from_bytes(claimed).map_err(|_| FormatError::Malformed("statement"))?;
        if !encodes_to(&statement, claimed) {
            return Err(FormatError::Malformed("statement"));
        }
        let proof: BatchProof<Config> = postcard::from_bytes(proven).map_err(|_| FormatError::Malformed("proof"))?;
        if !encodes_to(&proof, proven) {
            return Err(FormatError::Malformed("proof"));
        }
        Ok(Self { profile, tables, root, programs, statement, proof })
    }
}
