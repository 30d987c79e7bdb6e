//! The pure instructions on words (ISA table, kind `pure`).

use ruint::Uint;
use ruint::aliases::U256;

use crate::isa;
use crate::keccak::keccak256;

type U512 = Uint<512, 8>;

/// Result of a pure instruction; `None` if the code names none.
#[must_use]
pub fn pure(op: u16, a: U256, b: U256, c: U256) -> Option<U256> {
    Some(match op {
        isa::ADD => a.wrapping_add(b),
        isa::MUL => a.wrapping_mul(b),
        isa::SUB => a.wrapping_sub(b),
        isa::DIV => div(a, b),
        isa::SDIV => sdiv(a, b),
        isa::MOD => rem(a, b),
        isa::SMOD => smod(a, b),
        isa::ADDMOD => addmod(a, b, c),
        isa::MULMOD => mulmod(a, b, c),
        isa::EXP => exp(a, b),
        isa::SIGNEXTEND => signextend(a, b),
        isa::LT => bit(a < b),
        isa::GT => bit(a > b),
        isa::SLT => bit(slt(a, b)),
        isa::SGT => bit(slt(b, a)),
        isa::EQ => bit(a == b),
        isa::ISZERO => bit(a.is_zero()),
        isa::AND => a & b,
        isa::OR => a | b,
        isa::XOR => a ^ b,
        isa::NOT => !a,
        isa::BYTE => byte(a, b),
        isa::SHL => shl(a, b),
        isa::SHR => shr(a, b),
        isa::SAR => sar(a, b),
        isa::CLZ => U256::from(a.leading_zeros()),
        isa::HASH1 => hash1(a),
        isa::HASH2 => hash2(a, b),
        _ => return None,
    })
}

/// 1 if it holds, else 0.
#[inline]
#[must_use]
pub fn bit(holds: bool) -> U256 {
    U256::from_limbs([u64::from(holds), 0, 0, 0])
}

/// Whether bit 255 is set.
#[inline]
#[must_use]
pub fn is_negative(a: U256) -> bool {
    a.as_limbs()[3] >> 63 == 1
}

/// Signed a < b.
#[inline]
#[must_use]
pub fn slt(a: U256, b: U256) -> bool {
    match (is_negative(a), is_negative(b)) {
        (true, false) => true,
        (false, true) => false,
        _ => a < b,
    }
}

/// A word that fits 64 bits.
#[inline]
#[must_use]
pub fn small(a: U256) -> Option<u64> {
    let [low, x, y, z] = *a.as_limbs();
    (x | y | z == 0).then_some(low)
}

/// floor(a / b), 0 if b = 0.
#[inline]
#[must_use]
pub fn div(a: U256, b: U256) -> U256 {
    match (small(a), small(b)) {
        (_, Some(0)) => U256::ZERO,
        (Some(a), Some(b)) => U256::from(a / b),
        _ => a.wrapping_div(b),
    }
}

/// a mod b, 0 if b = 0.
#[inline]
#[must_use]
pub fn rem(a: U256, b: U256) -> U256 {
    match (small(a), small(b)) {
        (_, Some(0)) => U256::ZERO,
        (Some(a), Some(b)) => U256::from(a % b),
        _ => a.wrapping_rem(b),
    }
}

fn abs(a: U256) -> U256 {
    if is_negative(a) { a.wrapping_neg() } else { a }
}

fn with_sign(a: U256, negative: bool) -> U256 {
    if negative { a.wrapping_neg() } else { a }
}

/// Signed quotient towards zero; -2^255 / -1 = -2^255 (its absolute value wraps to itself).
#[must_use]
pub fn sdiv(a: U256, b: U256) -> U256 {
    with_sign(div(abs(a), abs(b)), is_negative(a) != is_negative(b))
}

/// Signed remainder with the sign of a.
#[must_use]
pub fn smod(a: U256, b: U256) -> U256 {
    with_sign(rem(abs(a), abs(b)), is_negative(a))
}

fn wide(a: U256) -> U512 {
    let [w, x, y, z] = *a.as_limbs();
    U512::from_limbs([w, x, y, z, 0, 0, 0, 0])
}

fn narrow(a: U512) -> U256 {
    let [w, x, y, z, ..] = *a.as_limbs();
    U256::from_limbs([w, x, y, z])
}

/// (a + b) mod c over the integers, 0 if c = 0.
#[must_use]
pub fn addmod(a: U256, b: U256, c: U256) -> U256 {
    if c.is_zero() {
        return U256::ZERO;
    }
    let (sum, carry) = a.overflowing_add(b);
    if carry { narrow((wide(a) + wide(b)).wrapping_rem(wide(c))) } else { rem(sum, c) }
}

/// (a * b) mod c over the integers, 0 if c = 0.
#[must_use]
pub fn mulmod(a: U256, b: U256, c: U256) -> U256 {
    if c.is_zero() {
        return U256::ZERO;
    }
    if let (Some(a), Some(b), Some(c)) = (small(a), small(b), small(c)) {
        return U256::from((u128::from(a) * u128::from(b)) % u128::from(c));
    }
    narrow(a.widening_mul::<256, 4, 512, 8>(b).wrapping_rem(wide(c)))
}

/// a ** b mod 2^256.
#[must_use]
pub fn exp(a: U256, b: U256) -> U256 {
    if a == U256::from(2) {
        return shl(b, U256::ONE);
    }
    let (mut base, mut out) = (a, U256::ONE);
    let bits = b.bit_len();
    for index in 0..bits {
        if b.bit(index) {
            out = out.wrapping_mul(base);
        }
        if index + 1 < bits {
            base = base.wrapping_mul(base);
        }
    }
    out
}

/// Sign extension of b from byte a (0 the least significant).
#[must_use]
pub fn signextend(a: U256, b: U256) -> U256 {
    let Some(index) = small(a).filter(|index| *index < 31) else {
        return b;
    };
    let top = index as usize * 8 + 7;
    let mask = (U256::ONE << (top + 1)) - U256::ONE;
    if b.bit(top) { b | !mask } else { b & mask }
}

/// Byte a of b, 0 the most significant; 0 if a > 31.
#[inline]
#[must_use]
pub fn byte(a: U256, b: U256) -> U256 {
    let Some(index) = small(a).filter(|index| *index < 32) else {
        return U256::ZERO;
    };
    let [low, ..] = *(b >> (8 * (31 - index as usize))).as_limbs();
    U256::from_limbs([low & 0xff, 0, 0, 0])
}

/// b << a.
#[inline]
#[must_use]
pub fn shl(a: U256, b: U256) -> U256 {
    small(a).filter(|count| *count < 256).map_or(U256::ZERO, |count| b << count as usize)
}

/// b >> a.
#[inline]
#[must_use]
pub fn shr(a: U256, b: U256) -> U256 {
    small(a).filter(|count| *count < 256).map_or(U256::ZERO, |count| b >> count as usize)
}

/// b >> a, signed.
#[must_use]
pub fn sar(a: U256, b: U256) -> U256 {
    let negative = is_negative(b);
    let Some(count) = small(a).filter(|count| *count < 256) else {
        return if negative { U256::MAX } else { U256::ZERO };
    };
    let shifted = b >> count as usize;
    if negative && count > 0 { shifted | (U256::MAX << (256 - count as usize)) } else { shifted }
}

/// keccak256 of one word.
#[must_use]
pub fn hash1(a: U256) -> U256 {
    U256::from_be_bytes(keccak256(&a.to_be_bytes::<32>()))
}

/// keccak256 of two words.
#[must_use]
pub fn hash2(a: U256, b: U256) -> U256 {
    let mut bytes = [0; 64];
    bytes[..32].copy_from_slice(&a.to_be_bytes::<32>());
    bytes[32..].copy_from_slice(&b.to_be_bytes::<32>());
    U256::from_be_bytes(keccak256(&bytes))
}

#[cfg(test)]
mod tests;
