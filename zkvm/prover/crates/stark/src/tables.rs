//! One enum over all tables, in the order in which a proof holds them.

use std::borrow::Cow;

use p3_air::{Air, BaseAir};
use p3_matrix::dense::RowMajorMatrix;
use sol2zk_chips::bus::{ChipBuilder, F};
use sol2zk_chips::{
    absorb, access, addsub, bitwise, boundary, byte, claim, compare, copy, digest, divmod, expgas, finish, fixed, flow, frame, gas, hash, input, keccak,
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
                match self { $(Self::$variant(air) => air.eval(builder),)+ }
            }
        }
    };
}

tables! {
    /// 16-bit values and byte pairs.
    Range(fixed::RangeAir), "range";
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
}

/// Bits of the tables that every proof has: the fixed ones, the claim, frames and their ends.
pub const MANDATORY: u64 = 0b111_1111;

/// Table `index` of [`NAMES`], for the indices after the fixed ones.
pub fn table(index: usize, fork: u8, claim: &claim::ClaimAir) -> Table {
    match index {
        4 => Table::Claim(claim.clone()),
        5 => Table::Frame(frame::FrameAir),
        6 => Table::Finish(finish::FinishAir),
        7 => Table::Gas(gas::GasAir),
        8 => Table::Flow(flow::FlowAir),
        9 => Table::Boundary(boundary::BoundaryAir),
        10 => Table::Compare(compare::CompareAir),
        11 => Table::AddSub(addsub::AddSubAir),
        12 => Table::Access(access::AccessAir),
        13 => Table::Mgrow(mgrow::MgrowAir),
        14 => Table::Observe(observe::ObserveAir),
        15 => Table::Input(input::InputAir),
        16 => Table::Storage(storage::StorageAir { fork }),
        17 => Table::Slot(slot::SlotAir),
        18 => Table::Undo(undo::UndoAir),
        19 => Table::Log(log::LogAir),
        20 => Table::Stream(stream::StreamAir),
        21 => Table::Copy(copy::CopyAir),
        22 => Table::Window(window::WindowAir),
        23 => Table::Hash(hash::HashAir),
        24 => Table::Keccak(keccak::KeccakTable),
        25 => Table::Bitwise(bitwise::BitwiseAir),
        26 => Table::LimbAnd(limb_and::LimbAndAir),
        27 => Table::Shift(shift::ShiftAir),
        28 => Table::Mul(mul::MulAir),
        29 => Table::DivMod(divmod::DivModAir),
        30 => Table::Byte(byte::ByteAir),
        31 => Table::ModMul(modmul::ModMulAir),
        32 => Table::Sponge(sponge::SpongeAir),
        33 => Table::Digest(digest::DigestAir),
        34 => Table::Preimage(preimage::PreimageAir),
        35 => Table::Absorb(absorb::AbsorbAir),
        36 => Table::Permutation(keccak::PermutationTable),
        37 => Table::Power(power::PowerAir),
        38 => Table::ExpGas(expgas::ExpGasAir { fork }),
        39 => Table::ListedWords(listed_words::ListedWordsAir),
        _ => Table::ListedMemory(listed_memory::ListedMemoryAir),
    }
}

/// Index of the table of this name.
pub fn index(name: &str) -> Option<usize> {
    NAMES.iter().position(|&known| known == name)
}
