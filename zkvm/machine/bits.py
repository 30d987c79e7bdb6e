"""Bits, bytes, shifts (ISA table 0x16-0x1e) and hashes of words (0x20, 0x21)."""

from __future__ import annotations

from zkvm.word import MASK, from_bytes, keccak256, signed, to_bytes


def and_(a: int, b: int) -> int:
    """Bitwise and."""
    return a & b


def or_(a: int, b: int) -> int:
    """Bitwise or."""
    return a | b


def xor(a: int, b: int) -> int:
    """Bitwise exclusive or."""
    return a ^ b


def not_(a: int) -> int:
    """Bitwise complement."""
    return a ^ MASK


def byte(a: int, b: int) -> int:
    """Byte a of b, 0 the most significant; 0 if a > 31."""
    return (b >> (8 * (31 - a))) & 0xFF if a < 32 else 0


def shl(a: int, b: int) -> int:
    """b << a."""
    return (b << a) & MASK if a < 256 else 0


def shr(a: int, b: int) -> int:
    """b >> a."""
    return b >> a if a < 256 else 0


def sar(a: int, b: int) -> int:
    """b >> a, copies of the sign coming in."""
    return (signed(b) >> min(a, 255)) & MASK


def clz(a: int) -> int:
    """Leading zero bits, 256 for 0 (EIP-7939)."""
    return 256 - a.bit_length()


def hash1(a: int) -> int:
    """keccak256 of one word."""
    return from_bytes(keccak256(to_bytes(a)))


def hash2(a: int, b: int) -> int:
    """keccak256 of two words."""
    return from_bytes(keccak256(to_bytes(a) + to_bytes(b)))
