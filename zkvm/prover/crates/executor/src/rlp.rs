//! Recursive length prefix, as far as addresses and authorizations need it (Yellow Paper, appendix B).

use ruint::aliases::U256;

/// An item.
#[derive(Clone, Copy, Debug)]
pub enum Item<'a> {
    /// A number without leading zeros.
    Number(U256),
    /// Bytes.
    Bytes(&'a [u8]),
}

/// The encoding of a list of items.
#[must_use]
pub fn list(items: &[Item<'_>]) -> Vec<u8> {
    let mut payload = Vec::new();
    for item in items {
        match item {
            Item::Number(number) => {
                let digits = number.to_be_bytes::<32>();
                string(&mut payload, &digits[32 - number.byte_len()..]);
            }
            Item::Bytes(bytes) => string(&mut payload, bytes),
        }
    }
    let mut out = Vec::with_capacity(payload.len() + 9);
    prefix(&mut out, 0xc0, payload.len());
    out.extend_from_slice(&payload);
    out
}

fn string(out: &mut Vec<u8>, bytes: &[u8]) {
    if !matches!(bytes, [0..0x80]) {
        prefix(out, 0x80, bytes.len());
    }
    out.extend_from_slice(bytes);
}

fn prefix(out: &mut Vec<u8>, base: u8, length: usize) {
    if length < 56 {
        out.push(base + length as u8);
        return;
    }
    let digits = length.to_be_bytes();
    let digits = &digits[length.leading_zeros() as usize / 8..];
    out.push(base + 55 + digits.len() as u8);
    out.extend_from_slice(digits);
}

#[cfg(test)]
mod tests;
