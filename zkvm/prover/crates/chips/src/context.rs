//! What witness generation shares: multiplicities, memory and storage as they were, the placed instructions.
//!
//! Rows are generated in one pass over the trace in order of clk, so that [`Context::touch`] sees accesses in time order.

use std::collections::HashMap;

use p3_field::PrimeCharacteristicRing;
use ruint::aliases::U256;
use sol2zk_executor::lint::is_signed;
use sol2zk_executor::trace::{PureStep, Step};

use crate::bus::{F, RANGE_BITS};
use crate::columns::{Operand, Previous, State};
use crate::listing::Listing;
use crate::word::limbs;

/// An instruction with shifted fields, as the ROM table holds it.
#[derive(Clone, Copy, Debug, Default)]
pub struct RomRow {
    /// Shifted identifier.
    pub id: u32,
    /// Table code plus constant flags (2^8 ka + 2^9 kb + 2^10 kc).
    pub op: u32,
    /// Shifted or immediate fields.
    pub fields: [u32; 3],
    /// Gas field.
    pub gas: u32,
}

/// Bits of [`RomRow::op`] that hold the table code.
const CODE_BITS: u32 = 8;

impl RomRow {
    /// The tuple of the ROM bus. A signed immediate is the field element of its number: -1 is p - 1, which the lint's bound leaves to it alone (ISA 7.5).
    pub fn tuple(&self) -> [F; 6] {
        let [a, b, c] = self.fields;
        let signed = is_signed((self.op & ((1 << CODE_BITS) - 1)) as u16);
        let c = if signed { F::from_i32(c.cast_signed()) } else { F::from_u32(c) };
        [F::from_u32(self.id), F::from_u32(self.op), F::from_u32(a), F::from_u32(b), c, F::from_u32(self.gas)]
    }

    /// Whether operand `i` is a constant.
    pub fn is_constant(&self, i: usize) -> bool {
        self.op >> (8 + i) & 1 == 1
    }
}

/// One access of the memory argument: what was there before, and when.
#[derive(Clone, Copy, Debug)]
pub struct Touch {
    /// Time of the previous access.
    pub previous: u32,
    /// Word before.
    pub old: U256,
    /// Word after.
    pub new: U256,
}

/// State of a storage slot in the storage argument.
#[derive(Clone, Copy, Debug)]
pub struct SlotState {
    /// Time of the last access.
    pub time: u32,
    /// 1 + call that touched it last.
    pub mark: u32,
    /// Word.
    pub word: U256,
    /// Word before the current call's first access.
    pub original: U256,
}

/// What a frame offers on the FRAME bus.
#[derive(Clone, Copy, Debug, Default)]
pub struct FrameInfo {
    /// Call index.
    pub call: u32,
    /// Account index in the claim.
    pub account: u32,
    /// Whether the frame's effects are undone.
    pub doomed: bool,
    /// Whether SSTOREs may skip the check of ISA 3.5: more than 2300 gas is left at the end.
    pub sentry: bool,
}

/// A query of the GAS_LEFT bus, to be answered by a row of the gas chip: (frame, g, w).
pub type GasQuery = (u32, u32, u32);

/// Shared state of witness generation.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// Index into FORKS.
    pub fork: u8,
    /// Instructions by shifted identifier.
    pub rom: HashMap<u32, RomRow>,
    /// Executions of each instruction (ROM multiplicity).
    pub executions: HashMap<u32, u32>,
    /// How often each wire (T, id) is read; constants under T = 0.
    pub uses: HashMap<(u32, u32), u32>,
    /// Look-ups of 16-bit values.
    pub range: HashMap<u16, u32>,
    /// Look-ups of byte pairs (low, high).
    pub bytes: HashMap<(u8, u8), u32>,
    /// Look-ups of nibble pairs.
    pub nibbles: HashMap<(u8, u8), u32>,
    /// Look-ups of 16-bit pairs on LIMB_AND, to be answered by rows of [`crate::limb_and`].
    pub limb_ands: HashMap<(u16, u16), u32>,
    /// Look-ups of claim rows by (tag, x, y); only tags that are look-ups.
    pub claims: HashMap<(u32, u32, u32), u32>,
    /// Messages whose digests the claim lists.
    pub listing: Listing,
    /// Look-ups of FRAME rows by frame.
    pub frames: HashMap<u32, u32>,
    /// Look-ups of SLOT rows by handle.
    pub slots: HashMap<u32, u32>,
    /// Look-ups of ORIGINAL rows by (call, handle).
    pub originals: HashMap<(u32, u32), u32>,
    /// Where each frame's last region so far began, by frame: (T, g, w) as BEGUN says it.
    pub regions: HashMap<u32, (u32, u32, u32)>,
    /// Look-ups of BEGUN rows by T.
    pub begun: HashMap<u32, u32>,
    /// Queries of the GAS_LEFT bus with their counts.
    pub gas_left: HashMap<GasQuery, u32>,
    /// Frames by identifier.
    pub frame_info: HashMap<u32, FrameInfo>,
    /// Handles by (account index, key).
    pub handles: HashMap<(u32, U256), u32>,
    /// Storage state by handle (filled with the words before the batch at the start).
    pub storage: HashMap<u32, SlotState>,
    /// Memory state by (frame, space * 2^27 + index).
    pub memory: HashMap<(u32, u32), (u32, U256)>,
    /// Gas given by frame.
    pub gas_given: HashMap<u32, u64>,
    /// Undo records of doomed frames: (frame, time, handle, old word), in order of time.
    pub undo: Vec<(u32, u32, u32, U256)>,
}

impl Context {
    /// One access at `now`: reads, and writes if `write` is given. Addresses start at word 0, time 0.
    pub fn touch(&mut self, frame: u32, address: u32, now: u32, write: Option<U256>) -> Touch {
        let cell = self.memory.entry((frame, address)).or_insert((0, U256::ZERO));
        let touch = Touch { previous: cell.0, old: cell.1, new: write.unwrap_or(cell.1) };
        *cell = (now, touch.new);
        touch
    }

    /// What EVM memory holds in a range.
    pub fn memory_bytes(&self, frame: u32, offset: u32, length: u32) -> Vec<u8> {
        let byte = |at: u32| self.memory.get(&(frame, at / 32)).map_or(0, |cell| cell.1.byte(31 - at as usize % 32));
        (0..length).map(|k| byte(offset.wrapping_add(k))).collect()
    }

    /// Fills [`Previous`] for an access at `now` and counts its range look-ups (as [`crate::bus::later`] makes them).
    pub fn previous(&mut self, columns: &mut Previous<F>, previous: u32, now: u32) {
        let gap = now - previous - 1;
        columns.time = F::from_u32(previous);
        columns.gap_low = F::from_u32(gap & 0xffff);
        columns.gap_high = F::from_u32(gap >> 16);
        self.range16(gap & 0xffff);
        self.range_bits(gap >> 16, 13);
    }

    /// Counts a look-up of [`crate::bus::range16`].
    pub fn range16(&mut self, value: u32) {
        debug_assert!(value < 1 << 16);
        *self.range.entry(value as u16).or_default() += 1;
    }

    /// Counts the look-ups of [`crate::bus::range_bits`].
    pub fn range_bits(&mut self, value: u32, bits: u32) {
        debug_assert!(value >> bits == 0 && RANGE_BITS.contains(&bits));
        if bits < 16 {
            self.range16(value << (16 - bits));
        }
        self.range16(value);
    }

    /// Counts 16 range look-ups of a word's limbs.
    pub fn range_word(&mut self, word: U256) {
        for limb in crate::word::limbs16(word) {
            self.range16(limb.into());
        }
    }

    /// Counts a look-up of the BYTES bus for a limb split into (low, high).
    pub fn limb_bytes(&mut self, limb: u16) {
        *self.bytes.entry((limb as u8, (limb >> 8) as u8)).or_default() += 1;
    }

    /// Fills operand `i` of an instruction in region `region`. (Its use was counted when the trace was scanned.)
    pub fn operand(&self, columns: &mut Operand<F>, id: u32, i: usize, region: u32, word: U256) {
        let row = self.rom[&id];
        let constant = row.is_constant(i);
        columns.constant = F::from_bool(constant);
        columns.time = F::from_u32(if constant { 0 } else { region });
        columns.id = F::from_u32(row.fields[i]);
        columns.limbs = limbs(word);
    }

    /// Multiplicity of the wire (region, id).
    pub fn uses(&self, region: u32, id: u32) -> F {
        F::from_u32(self.uses.get(&(region, id)).copied().unwrap_or(0))
    }

    /// Fills the state columns of a chained row.
    pub fn state(&self, columns: &mut State<F>, step: &Step) {
        columns.id = F::from_u32(step.id);
        columns.frame = F::from_u32(step.frame);
        columns.region = F::from_u32(step.region);
        columns.clk = F::from_u32(step.clk);
        columns.gas = F::from_u64(step.gas);
        columns.words = F::from_u32(step.words);
    }

    /// Counts the reads of one executed instruction: its ROM row and its wires. Called once an executed instruction, before rows are generated.
    pub fn scan(&mut self, id: u32, region: u32, reads: &[usize]) {
        *self.executions.entry(id).or_default() += 1;
        let row = self.rom[&id];
        for &i in reads {
            let time = if row.is_constant(i) { 0 } else { region };
            *self.uses.entry((time, row.fields[i])).or_default() += 1;
        }
    }

    /// The ROM row of a chained step.
    pub fn row(&self, step: &Step) -> RomRow {
        self.rom[&step.id]
    }

    /// The ROM row of a pure step.
    pub fn pure_row(&self, step: &PureStep) -> RomRow {
        self.rom[&step.id]
    }
}

/// Rows of one chip under construction.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Cells, row-major, without padding.
    pub cells: Vec<F>,
}

impl Rows {
    /// Row `index` of rows of this width.
    pub fn row(&mut self, index: usize, width: usize) -> &mut [F] {
        &mut self.cells[index * width..(index + 1) * width]
    }

    /// Appends a zero row of `width` cells and returns it.
    pub fn push(&mut self, width: usize) -> &mut [F] {
        let start = self.cells.len();
        self.cells.resize(start + width, F::ZERO);
        &mut self.cells[start..]
    }

    /// The table, padded with zero rows to a power of two (at least `minimum` rows); none if there are no rows.
    pub fn finish(mut self, width: usize, minimum: usize) -> Option<p3_matrix::dense::RowMajorMatrix<F>> {
        let rows = self.cells.len() / width;
        if rows == 0 {
            return None;
        }
        self.cells.resize(rows.next_power_of_two().max(minimum) * width, F::ZERO);
        Some(p3_matrix::dense::RowMajorMatrix::new(self.cells, width))
    }
}
