//! Words as limbs of field elements.

use p3_field::PrimeCharacteristicRing;
use ruint::aliases::U256;

use crate::bus::F;
use crate::columns::LIMBS;

/// The 16 limbs of a word, little-endian (ISA 1.1).
pub fn limbs16(word: U256) -> [u16; LIMBS] {
    let parts = word.as_limbs();
    core::array::from_fn(|i| (parts[i / 4] >> (16 * (i % 4))) as u16)
}

/// The limbs as field elements.
pub fn limbs(word: U256) -> [F; LIMBS] {
    limbs16(word).map(F::from_u16)
}
