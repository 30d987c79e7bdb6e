//! Which chip takes which instruction.

use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_chips::absorb::AbsorbRows;
use sol2zk_chips::access::AccessRows;
use sol2zk_chips::addsub::AddSubRows;
use sol2zk_chips::bitwise::BitwiseRows;
use sol2zk_chips::bus::{F, TICKS, tag};
use sol2zk_chips::byte::ByteRows;
use sol2zk_chips::claim::ClaimAir;
use sol2zk_chips::compare::CompareRows;
use sol2zk_chips::context::Context;
use sol2zk_chips::copy::CopyRows;
use sol2zk_chips::digest::{DigestRows, LENGTH_BITS};
use sol2zk_chips::divmod::DivModRows;
use sol2zk_chips::expgas::ExpGasRows;
use sol2zk_chips::finish::{FinishRows, Stream};
use sol2zk_chips::fixed::RangeAir;
use sol2zk_chips::flow::FlowRows;
use sol2zk_chips::frame::FrameRows;
use sol2zk_chips::hash::HashRows;
use sol2zk_chips::input::InputRows;
use sol2zk_chips::keccak::KeccakRows;
use sol2zk_chips::limb::LimbAir;
use sol2zk_chips::listed_memory::ListedMemoryRows;
use sol2zk_chips::listed_words::ListedWordsRows;
use sol2zk_chips::listing::Sorted;
use sol2zk_chips::log::LogRows;
use sol2zk_chips::mgrow::MgrowRows;
use sol2zk_chips::modmul::ModMulRows;
use sol2zk_chips::mul::MulRows;
use sol2zk_chips::observe::ObserveRows;
use sol2zk_chips::power::PowerRows;
use sol2zk_chips::preimage::PreimageRows;
use sol2zk_chips::shift::ShiftRows;
use sol2zk_chips::slot::Slot;
use sol2zk_chips::sponge::SpongeRows;
use sol2zk_chips::storage::StorageRows;
use sol2zk_chips::stream::{Part, StreamRows};
use sol2zk_chips::undo::UndoRows;
use sol2zk_chips::window::{Job, WindowRows};
use sol2zk_chips::{boundary, gas, limb, limb_and, slot};
use sol2zk_executor::isa;
use sol2zk_executor::trace::{PureStep, Step};

use super::{Hashes, Undone};
use crate::statement::{Statement, padded_word};
use crate::tables::{Table, index, table};

/// What the claim serves a frame by byte offset.
#[derive(Clone, Debug, Default)]
pub(super) struct ClaimData {
    /// Code, with constructor arguments.
    pub(super) code: Vec<u8>,
    /// Call data.
    pub(super) calldata: Vec<u8>,
}

/// Rows of all chips under construction.
pub(super) struct Chips {
    fork: u8,
    hashes: Hashes,
    /// Data of the frame at hand.
    pub(super) data: ClaimData,
    pub(super) finish: FinishRows,
    pub(super) frames: FrameRows,
    flow: FlowRows,
    compare: CompareRows,
    addsub: AddSubRows,
    bitwise: BitwiseRows,
    shift: ShiftRows,
    mul: MulRows,
    divmod: DivModRows,
    byte: ByteRows,
    modmul: ModMulRows,
    access: AccessRows,
    mgrow: MgrowRows,
    observe: ObserveRows,
    input: InputRows,
    storage: StorageRows,
    undo: UndoRows,
    log: LogRows,
    stream: StreamRows,
    copy: CopyRows,
    window: WindowRows,
    hash: HashRows,
    sponge: SpongeRows,
    keccak: KeccakRows,
    digest: DigestRows,
    preimage: PreimageRows,
    absorb: AbsorbRows,
    permutation: KeccakRows,
    power: PowerRows,
    expgas: ExpGasRows,
    listed_words: ListedWordsRows,
    listed_memory: ListedMemoryRows,
}

impl Chips {
    pub(super) fn new(fork: u8, hashes: Hashes) -> Self {
        Self {
            fork,
            hashes,
            data: ClaimData::default(),
            finish: FinishRows::default(),
            frames: FrameRows::default(),
            flow: FlowRows::default(),
            compare: CompareRows::default(),
            addsub: AddSubRows::default(),
            bitwise: BitwiseRows::default(),
            shift: ShiftRows::default(),
            mul: MulRows::default(),
            divmod: DivModRows::default(),
            byte: ByteRows::default(),
            modmul: ModMulRows::default(),
            access: AccessRows::default(),
            mgrow: MgrowRows::default(),
            observe: ObserveRows::default(),
            input: InputRows::default(),
            storage: StorageRows::new(fork),
            undo: UndoRows::default(),
            log: LogRows::default(),
            stream: StreamRows::default(),
            copy: CopyRows::default(),
            window: WindowRows::default(),
            hash: HashRows::default(),
            sponge: SpongeRows::default(),
            keccak: KeccakRows::default(),
            digest: DigestRows::default(),
            preimage: PreimageRows::default(),
            absorb: AbsorbRows::default(),
            permutation: KeccakRows::default(),
            power: PowerRows::default(),
            expgas: ExpGasRows::default(),
            listed_words: ListedWordsRows::default(),
            listed_memory: ListedMemoryRows::default(),
        }
    }

    /// One pure instruction; an error names what has no chip.
    pub(super) fn pure(&mut self, step: &PureStep, ctx: &mut Context) -> Result<(), String> {
        match step.op {
            isa::LT | isa::GT | isa::SLT | isa::SGT | isa::EQ | isa::ISZERO => self.compare.push_pure(step, ctx),
            isa::ADD | isa::SUB => self.addsub.push(step, ctx),
            isa::AND | isa::OR | isa::XOR | isa::NOT => self.bitwise.push(step, ctx),
            isa::SHL | isa::SHR | isa::SAR => self.shift.push(step, ctx),
            isa::MUL => self.mul.push(step, ctx),
            isa::EXP => self.power.push(step, ctx, &mut self.mul),
            isa::DIV | isa::MOD | isa::SDIV | isa::SMOD => self.divmod.push(step, ctx),
            isa::BYTE | isa::SIGNEXTEND => self.byte.push(step, ctx),
            isa::ADDMOD | isa::MULMOD => self.modmul.push(step, ctx),
            isa::HASH1 | isa::HASH2 if self.hashes == Hashes::Listed => self.listed_words.push(step, ctx),
            isa::HASH1 | isa::HASH2 => self.hash.push(step, ctx, &mut self.keccak),
            op => return Err(missing(op)),
        }
        Ok(())
    }

    /// One chained instruction; an error names what has no chip.
    pub(super) fn step(&mut self, step: &Step, ctx: &mut Context) -> Result<(), String> {
        match step.op {
            isa::REGION | isa::LABEL | isa::MOVE | isa::CHARGE | isa::JMP | isa::JMPR => self.flow.push(step, ctx),
            isa::BNZ | isa::BZ | isa::BEQ | isa::BNE | isa::BLT | isa::BGE | isa::BSLT | isa::BSGE => self.compare.push(step, ctx),
            isa::GET | isa::SET => {
                self.access.push(step, ctx);
            }
            isa::MLOAD | isa::MSTORE => {
                if !self.access.push(step, ctx) {
                    self.copy(step, ctx);
                }
            }
            isa::MSTORE8 | isa::MCOPY | isa::CODECOPY | isa::CALLDATACOPY => self.copy(step, ctx),
            isa::MGROW => self.mgrow.push(step, ctx),
            isa::EXPGAS => self.expgas.push(step, ctx),
            isa::MSIZE | isa::GAS => self.observe.push(step, ctx),
            isa::ENV | isa::CALLDATALOAD => self.input.push(step, ctx),
            isa::SLOAD | isa::SSTORE => self.storage.push(step, ctx),
            isa::SHA3 if self.hashes == Hashes::Listed && ListedMemoryRows::takes(step.operands[1]) => {
                let (entry, stream) = self.listed_memory.push(step, ctx);
                if let Some(stream) = stream {
                    self.stream(&stream, tag::CHUNK, entry, ctx);
                }
            }
            isa::SHA3 if SpongeRows::takes(step.operands[1]) => {
                if let Some(stream) = self.sponge.push(step, ctx, &mut self.keccak) {
                    self.stream(&stream, tag::PREIMAGE, step.clk, ctx);
                }
            }
            isa::SHA3 if DigestRows::takes(step.operands[1]) => {
                let (stream, message) = self.digest.push(step, ctx);
                self.preimage.push(step.clk, &message, ctx);
                self.absorb.push(step.clk, &message, ctx, &mut self.permutation);
                self.stream(&stream, tag::PREIMAGE, step.clk, ctx);
            }
            isa::SHA3 => return Err(format!("SHA3 of 2^{LENGTH_BITS} bytes or more")),
            isa::TOPIC | isa::LOG => {
                if let Some(stream) = self.log.push(step, ctx) {
                    self.stream(&stream, tag::DATA, step.clk, ctx);
                }
            }
            isa::STOP | isa::RETURN | isa::REVERT | isa::HALT => {
                if let Some(stream) = self.finish.push(step, ctx) {
                    self.stream(&stream, tag::DATA, step.clk, ctx);
                }
            }
            op => return Err(missing(op)),
        }
        Ok(())
    }

    fn copy(&mut self, step: &Step, ctx: &mut Context) {
        if let Some(job) = self.copy.push(step, ctx) {
            let data = if step.op == isa::CODECOPY { &self.data.code } else { &self.data.calldata };
            self.window.push(&job, ctx, &|offset| U256::from_be_bytes(padded_word(data, offset as usize)));
        }
    }

    fn stream(&mut self, stream: &Stream, label: u32, key: u32, ctx: &mut Context) {
        let Stream { frame, clk, offset, length } = *stream;
        let whole = Job::stream(frame, clk, label, key, offset, length);
        let job = match self.stream.push(stream, label, key, ctx) {
            Part::Done => return,
            Part::All => whole,
            Part::Tail { index, word, remaining } => whole.tail(index, word, remaining),
        };
        self.window.push(&job, ctx, &|_| U256::ZERO);
    }

    /// Undo rows of the frame that ended; the first has clock `clk`.
    pub(super) fn undo(&mut self, frame: u32, clk: u32, ctx: &mut Context) -> Undone {
        if !ctx.undo.iter().any(|record| record.0 == frame) {
            return Undone { count: 0, last: None };
        }
        let (exit, last) = self.undo.push_frame(frame, clk, ctx);
        Undone { count: (exit - clk) / TICKS, last: Some(last) }
    }

    /// The messages whose digests the claim lists, in its order; says in all rows where each stands, and how often its rows of the claim are taken.
    pub(super) fn list_hashes(&mut self, ctx: &mut Context) -> Vec<Vec<u8>> {
        let Sorted { messages, uses, places } = ctx.listing.sort();
        for ((entry, message), &count) in (0..).zip(&messages).zip(&uses) {
            ctx.claims.insert((tag::DIGEST, entry, message.len() as u32), count);
            let chunks = message.len().div_ceil(32) as u32;
            ctx.claims.extend((0..chunks).map(|k| ((tag::CHUNK, entry, k), count)));
        }
        self.listed_words.place(&places);
        self.listed_memory.place(&places);
        self.stream.place(&places);
        self.window.place(&places);
        messages
    }

    /// All tables after the fixed ones that have rows.
    pub(super) fn finish(self, ctx: &mut Context, statement: &Statement, claim: &ClaimAir, log_blowup: usize) -> Vec<(usize, Table, RowMajorMatrix<F>)> {
        let fork = self.fork;
        let mut tables = Vec::new();
        let mut add = |name: &str, trace: Option<RowMajorMatrix<F>>| {
            if let (Some(index), Some(trace)) = (index(name), trace) {
                tables.push((index, table(index, fork, claim), trace));
            }
        };
        add("flow", self.flow.finish(ctx));
        add("compare", self.compare.finish());
        add("addsub", self.addsub.finish());
        add("bitwise", self.bitwise.finish());
        add("shift", self.shift.finish());
        add("mul", self.mul.finish());
        add("divmod", self.divmod.finish());
        add("byte", self.byte.finish());
        add("modmul", self.modmul.finish());
        add("limb_and", limb_and::LimbAndAir::generate(ctx));
        add("access", self.access.finish());
        add("mgrow", self.mgrow.finish());
        add("observe", self.observe.finish());
        add("input", self.input.finish());
        add("storage", self.storage.finish());
        add("undo", self.undo.finish());
        add("log", self.log.finish());
        add("stream", self.stream.finish());
        add("copy", self.copy.finish());
        add("window", self.window.finish());
        add("hash", self.hash.finish());
        add("sponge", self.sponge.finish());
        add("keccak", self.keccak.finish(log_blowup));
        add("power", self.power.finish());
        add("expgas", self.expgas.finish());
        add("digest", self.digest.finish());
        add("preimage", self.preimage.finish());
        add("absorb", self.absorb.finish());
        add("permutation", self.permutation.finish(log_blowup));
        add("listed_words", self.listed_words.finish());
        add("listed_memory", self.listed_memory.finish());
        add("finish", self.finish.finish());
        // what answers queries comes after what asks
        let slots: Vec<Slot> = statement
            .slots
            .iter()
            .map(|slot| Slot { account: slot.account, key: U256::from_be_bytes(slot.key), before: U256::from_be_bytes(slot.before) })
            .collect();
        add("slot", slot::generate(&slots, ctx));
        let (gas, given) = gas::generate(ctx);
        add("gas", gas);
        add("boundary", boundary::generate(ctx));
        add("frame", self.frames.finish(ctx, &given));
        add("claim", Some(claim.generate(ctx)));
        match LimbAir::generate(ctx, limb::MOST) {
            None if !(ctx.range.is_empty() && ctx.bytes.is_empty()) => add("range", Some(RangeAir::generate(ctx))),
            few => add("limb", few),
        }
        tables
    }
}

/// The instruction as the EVM names it: of the instructions without a chip only EXTCODECOPY has operands apart.
fn missing(op: u16) -> String {
    let op = if op == isa::ARG { isa::EXTCODECOPY } else { op };
    isa::row(op).map_or_else(|| format!("operation {op:#x}"), |row| row.name.to_owned())
}
