//! Messages whose digests the claim lists and the verifier computes again: their order, and which of them a run asks for.

use std::cmp::Ordering;
use std::collections::HashMap;

/// The order of listed messages: by length, then by bytes.
pub fn order(a: &[u8], b: &[u8]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// The messages that a run hashes, numbered as they are first met.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    numbers: HashMap<Vec<u8>, u32>,
    uses: Vec<u32>,
}

/// A listing in the claim's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sorted {
    /// The messages.
    pub messages: Vec<Vec<u8>>,
    /// How often each is hashed.
    pub uses: Vec<u32>,
    /// The place of each, by its number.
    pub places: Vec<u32>,
}

impl Listing {
    /// The number of a message, which is hashed once more.
    pub fn note(&mut self, message: Vec<u8>) -> u32 {
        let number = *self.numbers.entry(message).or_insert(self.uses.len() as u32);
        if number as usize == self.uses.len() {
            self.uses.push(0);
        }
        self.uses[number as usize] += 1;
        number
    }

    /// The messages in order; none are left.
    pub fn sort(&mut self) -> Sorted {
        let uses = core::mem::take(&mut self.uses);
        let mut met: Vec<(Vec<u8>, u32)> = core::mem::take(&mut self.numbers).into_iter().collect();
        met.sort_unstable_by(|a, b| order(&a.0, &b.0));
        let mut sorted = Sorted { places: vec![0; met.len()], ..Sorted::default() };
        for (place, (message, number)) in met.into_iter().enumerate() {
            sorted.places[number as usize] = place as u32;
            sorted.uses.push(uses[number as usize]);
            sorted.messages.push(message);
        }
        sorted
    }
}

#[cfg(test)]
mod tests;
