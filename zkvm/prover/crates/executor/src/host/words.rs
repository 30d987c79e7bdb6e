//! Maps by words and addresses that hash fast: keys are a run's own.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use ruint::aliases::U256;

use super::Address;

/// Hashes words fast.
#[derive(Default)]
pub(crate) struct WordHasher(u64);

impl Hasher for WordHasher {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut limb = [0; 8];
            limb[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(limb));
        }
    }

    fn write_u32(&mut self, limb: u32) {
        self.write_u64(u64::from(limb));
    }

    fn write_u64(&mut self, limb: u64) {
        self.0 = (self.0.rotate_left(23) ^ limb).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, _length: usize) {}
}

/// Something by a key that is a word, or has one.
pub(crate) type FastMap<K, V> = HashMap<K, V, BuildHasherDefault<WordHasher>>;
/// Something by word.
pub(crate) type WordMap<T> = FastMap<U256, T>;
/// Something by address.
pub(crate) type AddressMap<T> = FastMap<Address, T>;
