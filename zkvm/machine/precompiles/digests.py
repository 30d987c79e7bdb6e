"""SHA256, RIPEMD160, BLAKE2F."""

from __future__ import annotations

import hashlib
from typing import Final

from Crypto.Hash import RIPEMD160

from zkvm.machine.precompiles.gas import Refused

_MASK: Final = (1 << 64) - 1
# fmt: off
_IV: Final = (
    0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1,
    0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179,
)
_SIGMA: Final = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), (14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3),
    (11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4), (7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8),
    (9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13), (2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9),
    (12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11), (13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10),
    (6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5), (10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0),
)
_MIXES: Final = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)
# fmt: on


def sha256(data: bytes) -> bytes:
    """The SHA-256 hash."""
    return hashlib.sha256(data).digest()


def ripemd160(data: bytes) -> bytes:
    """The RIPEMD-160 hash in a word."""
    return bytes(12) + RIPEMD160.new(data).digest()


def blake2f(data: bytes) -> bytes:
    """The compression function F of BLAKE2b (Source: RFC 7693 3.2, EIP-152).

    Input: rounds (4 bytes, big-endian), state h (64), block m (128), offset t (16), all little-endian, and the final flag (1).
    """
    if data[212] > 1:
        raise Refused
    h, m, t = (_words64(data[start:end]) for start, end in ((4, 68), (68, 196), (196, 212)))
    v = [*h, *_IV]
    v[12] ^= t[0]
    v[13] ^= t[1]
    if data[212]:
        v[14] ^= _MASK
    for turn in range(int.from_bytes(data[:4], "big")):
        order = _SIGMA[turn % 10]
        for index, (a, b, c, d) in enumerate(_MIXES):
            _mix(v, a, b, c, d, m[order[2 * index]], m[order[2 * index + 1]])
    return b"".join((h[index] ^ v[index] ^ v[index + 8]).to_bytes(8, "little") for index in range(8))


def _words64(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 8], "little") for at in range(0, len(data), 8)]


def _mix(v: list[int], a: int, b: int, c: int, d: int, x: int, y: int) -> None:
    """The mixing function G."""
    for word, first, second in ((x, 32, 24), (y, 16, 63)):
        v[a] = (v[a] + v[b] + word) & _MASK
        v[d] = _rotate(v[d] ^ v[a], first)
        v[c] = (v[c] + v[d]) & _MASK
        v[b] = _rotate(v[b] ^ v[c], second)


def _rotate(word: int, bits: int) -> int:
    return (word >> bits | word << (64 - bits)) & _MASK
