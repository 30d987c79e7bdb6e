//! One enum over all tables, in the order in which a proof holds them.

use std::borrow::Cow;

use p3_air::{Air, BaseAir};
use p3_matrix::dense::RowMajorMatrix;
use sol2zk_chips::bus::{ChipBuilder, F};
use sol2zk_chips::{
    absorb, access, addsub, bitwise, boundary, byte, claim, compare, copy, digest, divmod, expgas, finish, fixed, flow, frame, gas, hash, input, keccak, limb,
    limb_and, listed_memory, listed_words, log, mgrow, modmul, mul, observe, power, preimage, rom, shift, slot, sponge, storage, stream, undo, window,
};

macro_rules! tables {
    ($($(#[$doc:meta])* $variant:ident($air:ty), $name:literal;)+) => {
        /// A table of a proof.
        #[derive(Clone, Debug)]
        pub enum Table {
            $($(#[$doc])* $variant($air),)+
        }

        /// Names of all tables, by index.
        pub const NAMES: &[&str] = &[$($name),+];

        impl Table {
            /// Name in reports.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)+ }
            }
        }

        impl BaseAir<F> for Table {
            fn width(&self) -> usize {
                match self { $(Self::$variant(air) => air.width(),)+ }
            }
            fn preprocessed_trace(&self) -> Option<RowMajorMatrix<F>> {
                match self { $(Self::$variant(air) => air.preprocessed_trace(),)+ }
            }
            fn preprocessed_width(&self) -> usize {
                match self { $(Self::$variant(air) => air.preprocessed_width(),)+ }
            }
            fn num_periodic_columns(&self) -> usize {
                match self { $(Self::$variant(air) => air.num_periodic_columns(),)+ }
            }
            fn periodic_columns(&self) -> Cow<'_, [Vec<F>]> {
                match self { $(Self::$variant(air) => air.periodic_columns(),)+ }
            }
            fn main_next_row_columns(&self) -> Vec<usize> {
                match self { $(Self::$variant(air) => air.main_next_row_columns(),)+ }
            }
            fn preprocessed_next_row_columns(&self) -> Vec<usize> {
                match self { $(Self::$variant(air) => air.preprocessed_next_row_columns(),)+ }
            }
            fn max_constraint_degree(&self) -> Option<usize> {
                match self { $(Self::$variant(air) => air.max_constraint_degree(),)+ }
            }
        }

        impl<B: ChipBuilder> Air<B> for Table {
            fn eval(&self, builder: &mut B) {
                match self { $(Self::$variant(air) => evaluate(air, builder),)+ }
            }
        }
    };
}

impl Table {
    /// The rule set that its constraints are of; 0 where they are the same under all.
    pub(crate) fn rules(&self) -> u8 {
        match self {
            Self::Storage(air) => air.fork,
            Self::ExpGas(air) => air.fork,
            _ => 0,
        }
    }
}

/// A function of its own for each chip and builder: one of all chips together is too large for the optimiser.
#[inline(never)]
fn evaluate<B: ChipBuilder, A: Air<B>>(air: &A, builder: &mut B) {
    air.eval(builder);
}

tables! {
    /// 4-bit AND.
    Nibbles(fixed::NibblesAir), "nibbles";
    /// Instructions.
    Rom(rom::RomAir), "rom";
    /// Constants.
    Pool(rom::PoolAir), "pool";
    /// Claim.
    Claim(claim::ClaimAir), "claim";
    /// Frames.
    Frame(frame::FrameAir), "frame";
    /// Ends of frames.
    Finish(finish::FinishAir), "finish";
    /// Gas left.
    Gas(gas::GasAir), "gas";
    /// Control.
    Flow(flow::FlowAir), "flow";
    /// Memory boundary.
    Boundary(boundary::BoundaryAir), "boundary";
    /// Comparisons and conditional branches.
    Compare(compare::CompareAir), "compare";
    /// ADD and SUB.
    AddSub(addsub::AddSubAir), "addsub";
    /// Registers and aligned memory words.
    Access(access::AccessAir), "access";
    /// MGROW.
    Mgrow(mgrow::MgrowAir), "mgrow";
    /// MSIZE and GAS.
    Observe(observe::ObserveAir), "observe";
    /// Environment and call data.
    Input(input::InputAir), "input";
    /// SLOAD and SSTORE.
    Storage(storage::StorageAir), "storage";
    /// Claimed slots.
    Slot(slot::SlotAir), "slot";
    /// Undone stores.
    Undo(undo::UndoAir), "undo";
    /// TOPIC and LOG.
    Log(log::LogAir), "log";
    /// Whole words of output and log data.
    Stream(stream::StreamAir), "stream";
    /// Copies and unaligned accesses.
    Copy(copy::CopyAir), "copy";
    /// Their bytes.
    Window(window::WindowAir), "window";
    /// Hashes of one and two words.
    Hash(hash::HashAir), "hash";
    /// Keccak permutations.
    Keccak(keccak::KeccakTable), "keccak";
    /// AND, OR, XOR, NOT.
    Bitwise(bitwise::BitwiseAir), "bitwise";
    /// AND of limbs.
    LimbAnd(limb_and::LimbAndAir), "limb_and";
    /// SHL, SHR, SAR.
    Shift(shift::ShiftAir), "shift";
    /// MUL.
    Mul(mul::MulAir), "mul";
    /// DIV, MOD, SDIV, SMOD.
    DivMod(divmod::DivModAir), "divmod";
    /// BYTE, SIGNEXTEND.
    Byte(byte::ByteAir), "byte";
    /// ADDMOD, MULMOD.
    ModMul(modmul::ModMulAir), "modmul";
    /// SHA3 of messages that fit a block.
    Sponge(sponge::SpongeAir), "sponge";
    /// SHA3 of longer messages.
    Digest(digest::DigestAir), "digest";
    /// Their bytes.
    Preimage(preimage::PreimageAir), "preimage";
    /// Their blocks.
    Absorb(absorb::AbsorbAir), "absorb";
    /// Keccak permutations of any state.
    Permutation(keccak::PermutationTable), "permutation";
    /// EXP.
    Power(power::PowerAir), "power";
    /// EXPGAS.
    ExpGas(expgas::ExpGasAir), "expgas";
    /// HASH1 and HASH2 of listed messages.
    ListedWords(listed_words::ListedWordsAir), "listed_words";
    /// SHA3 of listed messages.
    ListedMemory(listed_memory::ListedMemoryAir), "listed_memory";
    /// 16-bit values and byte pairs that a run meets.
    Limb(limb::LimbAir), "limb";
    /// All of them.
    Range(fixed::RangeAir), "range";
}

/// Bits of the tables that every proof has: the fixed ones, the claim, frames and their ends.
pub const MANDATORY: u64 = 0b11_1111;

/// Table `index` of [`NAMES`], for the indices after the fixed ones.
pub fn table(index: usize, fork: u8, claim: &claim::ClaimAir) -> Table {
    match index {
        3 => Table::Claim(claim.clone()),
        4 => Table::Frame(frame::FrameAir),
        5 => Table::Finish(finish::FinishAir),
        6 => Table::Gas(gas::GasAir),
        7 => Table::Flow(flow::FlowAir),
        8 => Table::Boundary(boundary::BoundaryAir),
        9 => Table::Compare(compare::CompareAir),
        10 => Table::AddSub(addsub::AddSubAir),
        11 => Table::Access(access::AccessAir),
        12 => Table::Mgrow(mgrow::MgrowAir),
        13 => Table::Observe(observe::ObserveAir),
        14 => Table::Input(input::InputAir),
        15 => Table::Storage(storage::StorageAir { fork }),
        16 => Table::Slot(slot::SlotAir),
        17 => Table::Undo(undo::UndoAir),
        18 => Table::Log(log::LogAir),
        19 => Table::Stream(stream::StreamAir),
        20 => Table::Copy(copy::CopyAir),
        21 => Table::Window(window::WindowAir),
        22 => Table::Hash(hash::HashAir),
        23 => Table::Keccak(keccak::KeccakTable),
        24 => Table::Bitwise(bitwise::BitwiseAir),
        25 => Table::LimbAnd(limb_and::LimbAndAir),
        26 => Table::Shift(shift::ShiftAir),
        27 => Table::Mul(mul::MulAir),
        28 => Table::DivMod(divmod::DivModAir),
        29 => Table::Byte(byte::ByteAir),
        30 => Table::ModMul(modmul::ModMulAir),
        31 => Table::Sponge(sponge::SpongeAir),
        32 => Table::Digest(digest::DigestAir),
        33 => Table::Preimage(preimage::PreimageAir),
        34 => Table::Absorb(absorb::AbsorbAir),
        35 => Table::Permutation(keccak::PermutationTable),
        36 => Table::Power(power::PowerAir),
        37 => Table::ExpGas(expgas::ExpGasAir { fork }),
        38 => Table::ListedWords(listed_words::ListedWordsAir),
        39 => Table::ListedMemory(listed_memory::ListedMemoryAir),
        40 => Table::Limb(limb::LimbAir),
        _ => Table::Range(fixed::RangeAir),
    }
}

/// Index of the table of this name.
pub fn index(name: &str) -> Option<usize> {
    NAMES.iter().position(|&known| known == name)
}
