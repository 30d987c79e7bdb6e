//! The buses: names, message layouts, and the helpers through which every chip speaks.
//!
//! A *look-up* bus has providers with free multiplicities (zero on rows that are not real) and queries of count 0 or 1. A *multiset* bus has
//! sends and receives of count 0 or 1 whose tuples must match exactly. No selector and no periodic column may stand in a message or a count.

use p3_air::AirBuilder;
use p3_field::PrimeCharacteristicRing;
use p3_koala_bear::KoalaBear;
use p3_lookup::{Count, InteractionBuilder};

use crate::columns::{LIMBS, Operand, Previous, State};

/// The field.
pub type F = KoalaBear;

/// Builder of every chip.
pub trait ChipBuilder: InteractionBuilder<F = F> {}
impl<B: InteractionBuilder<F = F>> ChipBuilder for B {}

/// Names of the buses; the message layout is in the doc line.
pub mod name {
    /// look-up (T, id, limbs 16)
    pub const WIRE: &str = "wire";
    /// look-up (id, op + 2^8 ka + 2^9 kb + 2^10 kc, a, b, c, gas); k? = operand is a pool constant
    pub const ROM: &str = "rom";
    /// multiset (id, frame, T, clk, g, w)
    pub const CHAIN: &str = "chain";
    /// multiset (frame, space * 2^27 + index, time, limbs 16)
    pub const MEMORY: &str = "memory";
    /// multiset (handle, time, mark, limbs 16)
    pub const STORAGE: &str = "storage";
    /// multiset or look-up by tag (tag, x, y, limbs 16); see [`super::tag`]
    pub const CLAIM: &str = "claim";
    /// look-up (v): v is a 16-bit value
    pub const RANGE: &str = "range";
    /// look-up (low, high): both are bytes
    pub const BYTES: &str = "bytes";
    /// look-up (x, y, x & y): x and y are 4-bit values
    pub const NIBBLES: &str = "nibbles";
    /// look-up (x, y, x & y): x and y are 16-bit values; given by the rows of [`crate::limb_and`], one a pair that a run needs
    pub const LIMB_AND: &str = "limb_and";
    /// look-up (frame, call, account, doomed, sentry): sentry = no SSTORE of the frame needs the check of ISA 3.5
    pub const FRAME: &str = "frame";
    /// look-up (call, handle, limbs 16): storage value before the call's first access
    pub const ORIGINAL: &str = "original";
    /// look-up (account, handle, key limbs 16)
    pub const SLOT: &str = "slot";
    /// multiset (frame, time, handle, old limbs 16)
    pub const UNDO: &str = "undo";
    /// multiset (frame, clk, bound): the chain of undo rows
    pub const UNDO_CHAIN: &str = "undo_chain";
    /// look-up (frame, g, w, negative, |gas left| limbs 4): gas left of ISA 3.2, or its absolute value with negative = 1
    pub const GAS_LEFT: &str = "gas_left";
    /// look-up (T, g, w): where the region of time T begins, its REGION or LABEL charged
    pub const BEGUN: &str = "begun";
    /// multiset (frame, status, clk, g, w, output length): a frame's last row to its frame row; clk is that of the end instruction; status 0 success 1 revert 2 halt
    pub const END: &str = "end";
    /// look-up (frame, gas given limbs 4)
    pub const GIVEN: &str = "given";
    /// multiset (frame, clk, tag, key, offset low, offset high, length): memory offset .. offset + length (length > 0) is to be received on the claim side as chunks
    /// (tag, key, 0..), zero-padded; the key is clk, or an entry of the listed hashes
    pub const STREAM: &str = "stream";
    /// multiset: (rate limbs 68, digest limbs 16): a permutation of a state of zero capacity, in Keccak's order of limbs
    pub const KECCAK: &str = "keccak";
    /// multiset: (state limbs 100, permuted limbs 100)
    pub const PERMUTATION: &str = "permutation";
    /// look-up (x limbs 16, y limbs 16, x y mod 2^256 limbs 16); given by the mul chip
    pub const PRODUCT: &str = "product";
    /// look-up (base limbs 16, exponent limbs 16, power mod 2^256 limbs 16); given by the power chip
    pub const POWER: &str = "power";
    /// multiset, digest to absorb and from absorb row to absorb row: (clk, block index, bytes that remain, state limbs 100)
    pub const ABSORB: &str = "absorb";
    /// multiset, absorb to digest: (clk, digest limbs 16 in Keccak's order)
    pub const SQUEEZE: &str = "squeeze";
    /// multiset, preimage to absorb: (clk, lane index, limbs 4 in Keccak's order): 8 bytes of a message
    pub const LANE: &str = "lane";
    /// multiset, head to window: (kind, frame, clk, call, destination word, first byte in it, source, source byte, length, given limbs 16); see [`crate::copy`]
    pub const JOB: &str = "job";
    /// multiset, from window row to window row: (kind, frame, clk, tag or call, key, destination, source, shift, remaining, valid, carried limbs 16)
    pub const WINDOW: &str = "window";
    /// multiset, among the copy chips: (frame, clk, tag, key, chunk index, word, byte, remaining): a STREAM under way, at byte offset 32 word + byte
    pub const COPY: &str = "copy";
}

/// First field of a message on the claim bus. `once`: the claim sends it, one chip row receives it. `look-up`: the claim provides it, chips query.
/// `often`: the claim sends it as often as chip rows receive it, which is a look-up with the sides' signs changed; no row queries it, for one that
/// did would answer one that receives.
pub mod tag {
    /// once: x = call, y = entry identifier; limbs 0..4 gas given, 4 account, 5 doomed
    pub const CALL: u32 = 1;
    /// once: x = call, y = clk of the end instruction; limbs 0..4 gas left, 4 status, 5..7 output length (low, high)
    pub const RESULT: u32 = 2;
    /// once: x = clk of the RETURN, REVERT or LOG, y = chunk index; 32 bytes of output or log data, zero-padded at the end
    pub const DATA: u32 = 3;
    /// look-up: x = call, y = byte offset; call data word, zero-padded; the receipt lists the offsets
    pub const CALLDATA: u32 = 4;
    /// look-up: x = call, y = environment kind; its word
    pub const ENV: u32 = 5;
    /// look-up: x = call, y = byte offset; word of the code (with constructor arguments), zero-padded; the receipt lists the offsets
    pub const CODE: u32 = 6;
    /// once: x = handle, y = account; key
    pub const SLOT: u32 = 7;
    /// once: x = handle; word before the batch
    pub const BEFORE: u32 = 8;
    /// once: x = handle; word after the batch
    pub const AFTER: u32 = 9;
    /// once: x = clk of the LOG, y = number of topics; limbs 0 call, 1 account, 2..4 data length (low, high)
    pub const LOG: u32 = 10;
    /// once: x = clk of the TOPIC; its word
    pub const TOPIC: u32 = 11;
    /// once sent, once received: x = call, y = clk at which it may start
    pub const TURN: u32 = 12;
    /// chip to chip: the SHA3's row sends it as the claim does DATA: x = clk of the SHA3, y = chunk index; its input, zero-padded at the end
    pub const PREIMAGE: u32 = 13;
    /// chip to chip, as PREIMAGE: x = clk of an MLOAD that the copy chips serve; its word
    pub const LOADED: u32 = 14;
    /// often: x = entry of the listed hashes, y = length of its message in bytes; the message's digest
    pub const DIGEST: u32 = 15;
    /// often: x = entry, y = chunk index; 32 bytes of the message, zero-padded at the end
    pub const CHUNK: u32 = 16;

    /// Whether the claim sends rows of this tag as often as they are received.
    pub const fn is_often(tag: u32) -> bool {
        matches!(tag, DIGEST | CHUNK)
    }
}

/// Ticks of one chained instruction (ISA 2.1).
pub const TICKS: u32 = 4;
/// First index of a space in the memory argument (ISA 4.1).
pub const fn space(space: u32) -> u32 {
    space << 27
}
/// EVM memory, in words.
pub const MEMORY_SPACE: u32 = 0;
/// Registers.
pub const REGISTER_SPACE: u32 = 1;

fn push<B: ChipBuilder>(b: &mut B, bus: &str, message: Vec<B::Expr>, count: B::Expr, provided: bool) {
    let count = if provided { Count::provided(-count) } else { Count::bounded(count, 1) };
    b.push_interaction(bus, message, count);
}

/// Queries a look-up bus `count` (0 or 1, constrained by the chip) times.
pub fn query<B: ChipBuilder>(b: &mut B, bus: &str, message: Vec<B::Expr>, count: B::Expr) {
    push(b, bus, message, count, false);
}

/// Provides an entry of a look-up bus with a free multiplicity. The chip must force it to 0 on rows that are not real.
pub fn provide<B: ChipBuilder>(b: &mut B, bus: &str, message: Vec<B::Expr>, multiplicity: B::Expr) {
    push(b, bus, message, multiplicity, true);
}

/// Sends on a multiset bus, `count` 0 or 1.
pub fn send<B: ChipBuilder>(b: &mut B, bus: &str, message: Vec<B::Expr>, count: B::Expr) {
    push(b, bus, message, count, false);
}

/// Receives on a multiset bus, `count` 0 or 1.
pub fn receive<B: ChipBuilder>(b: &mut B, bus: &str, message: Vec<B::Expr>, count: B::Expr) {
    b.push_interaction(bus, message, -Count::bounded(count, 1));
}

/// `head` followed by the limbs.
pub fn message<B: AirBuilder, const N: usize, const M: usize>(head: [B::Expr; N], limbs: [B::Expr; M]) -> Vec<B::Expr> {
    head.into_iter().chain(limbs).collect()
}

/// Cells as expressions.
pub fn exprs<B: AirBuilder, const N: usize>(cells: [B::Var; N]) -> [B::Expr; N] {
    cells.map(Into::into)
}

/// A constant as an expression.
pub fn int<B: AirBuilder<F = F>>(value: u32) -> B::Expr {
    B::Expr::from(F::new(value))
}

/// Constrains and looks up an operand of a row in region `region`: the constant flag is boolean, its time is the region or 0.
///
/// Forgery prevented: reading a wire of another region instance, or a computed wire in place of a constant.
pub fn read_operand<B: ChipBuilder>(b: &mut B, operand: &Operand<B::Var>, region: B::Expr, real: B::Expr) {
    b.assert_bool(operand.constant);
    b.assert_zero(operand.time.into() - region * (B::Expr::ONE - operand.constant.into()));
    query(b, name::WIRE, message::<B, 2, LIMBS>([operand.time.into(), operand.id.into()], exprs::<B, LIMBS>(operand.limbs)), real);
}

/// Provides the wire (region, id). `uses` is a main column that the chip forces to 0 on rows that are not real.
pub fn give_wire<B: ChipBuilder>(b: &mut B, region: B::Expr, id: B::Expr, limbs: [B::Expr; LIMBS], uses: B::Expr) {
    provide(b, name::WIRE, message::<B, 2, LIMBS>([region, id], limbs), uses);
}

/// Looks the row's instruction up. `op` is the op code as an expression (for example a sum of flags times codes); `constants` are the constant flags of operands a, b, c.
#[allow(clippy::too_many_arguments)]
pub fn fetch<B: ChipBuilder>(b: &mut B, id: B::Expr, op: B::Expr, constants: [B::Expr; 3], fields: [B::Expr; 3], gas: B::Expr, real: B::Expr) {
    let [ka, kb, kc] = constants;
    let op = op + ka * int::<B>(256) + kb * int::<B>(512) + kc * int::<B>(1024);
    let [a, b_, c] = fields;
    query(b, name::ROM, vec![id, op, a, b_, c, gas], real);
}

/// Receives the state of a chained row.
pub fn enter<B: ChipBuilder>(b: &mut B, state: &State<B::Var>, real: B::Expr) {
    let State { id, frame, region, clk, gas, words } = *state;
    receive(b, name::CHAIN, vec![id.into(), frame.into(), region.into(), clk.into(), gas.into(), words.into()], real);
}

/// Sends the next state: clk + 4.
pub fn leave<B: ChipBuilder>(b: &mut B, state: &State<B::Var>, next: B::Expr, region: B::Expr, gas: B::Expr, words: B::Expr, real: B::Expr) {
    let clk = state.clk.into() + int::<B>(TICKS);
    send(b, name::CHAIN, vec![next, state.frame.into(), region, clk, gas, words], real);
}

/// Looks `value` up in the 16-bit range table.
pub fn range16<B: ChipBuilder>(b: &mut B, value: B::Expr, real: B::Expr) {
    query(b, name::RANGE, vec![value], real);
}

/// Bits that [`range_bits`] can bound a value to.
pub const RANGE_BITS: core::ops::RangeInclusive<u32> = 2..=16;

/// `value` < 2^bits: looks up `value` and, if bits < 16, `value * 2^(16 - bits)`: the second alone would admit fractions of 2^(16 - bits), which
/// some users exclude otherwise. Both together are exact where `2^16 2^(16 - bits)` does not reach p: at one bit, 65025 2^15 = p + 32767.
///
/// # Panics
/// If `bits` is not in [`RANGE_BITS`], whatever the row: use a boolean instead.
pub fn range_bits<B: ChipBuilder>(b: &mut B, value: B::Expr, bits: u32, real: B::Expr) {
    assert!(RANGE_BITS.contains(&bits), "no range of {bits} bits");
    if bits < 16 {
        range16(b, value.clone() * int::<B>(1 << (16 - bits)), real.clone());
    }
    range16(b, value, real);
}

/// The two messages of a memory access and the proof that it comes later than the previous one.
///
/// Receives (frame, address, previous time, old), sends (frame, address, now, new). Forgery prevented: reading a value written later (`previous` >= `now`).
#[allow(clippy::too_many_arguments)]
pub fn access<B: ChipBuilder>(
    b: &mut B,
    frame: B::Expr,
    address: B::Expr,
    previous: &Previous<B::Var>,
    now: B::Expr,
    old: [B::Expr; LIMBS],
    new: [B::Expr; LIMBS],
    real: B::Expr,
) {
    later(b, previous, now.clone(), real.clone());
    receive(b, name::MEMORY, message::<B, 3, LIMBS>([frame.clone(), address.clone(), previous.time.into()], old), real.clone());
    send(b, name::MEMORY, message::<B, 3, LIMBS>([frame, address, now], new), real);
}

/// `now > previous.time` for times below 2^29: the gap is 16 + 13 bits (range-checks 3 look-ups).
pub fn later<B: ChipBuilder>(b: &mut B, previous: &Previous<B::Var>, now: B::Expr, real: B::Expr) {
    let gap = previous.gap_low.into() + previous.gap_high.into() * int::<B>(1 << 16);
    b.assert_zero(real.clone() * (now - previous.time.into() - B::Expr::ONE - gap));
    range16(b, previous.gap_low.into(), real.clone());
    range_bits(b, previous.gap_high.into(), 13, real);
}

#[cfg(test)]
mod tests;
