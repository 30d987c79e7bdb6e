"""Signatures: ECRECOVER and P256VERIFY; recovery is also what authorizations need (ISA 8.10)."""

from __future__ import annotations

from typing import Final

import coincurve
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from zkvm.machine.memory import window
from zkvm.word import from_bytes, keccak256, to_bytes

SECP256K1_ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def recover(digest: bytes, y_parity: int, r: int, s: int) -> int | None:
    """The address whose key signed a digest; None if no key did."""
    if y_parity not in (0, 1) or not 0 < r < SECP256K1_ORDER or not 0 < s < SECP256K1_ORDER:
        return None
    signature = to_bytes(r) + to_bytes(s) + bytes([y_parity])
    try:
        key = coincurve.PublicKey.from_signature_and_message(signature, digest, hasher=None)
    except ValueError:
        return None
    return from_bytes(keccak256(key.format(compressed=False)[1:])[12:])


def ecrecover(data: bytes) -> bytes:
    """Input: digest, v, r, s; output: the signer's address in a word, or nothing (Source: Yellow Paper appendix E)."""
    v, r, s = (from_bytes(window(data, at, 32)) for at in (32, 64, 96))
    signer = recover(window(data, 0, 32), v - 27, r, s)
    return b"" if signer is None else to_bytes(signer)


def p256verify(data: bytes) -> bytes:
    """Input: digest, r, s, x, y; output: 1 in a word if the signature is right, else nothing (EIP-7951)."""
    if len(data) != 160:
        return b""
    r, s, x, y = (from_bytes(data[at : at + 32]) for at in (32, 64, 96, 128))
    if not 0 < r < _P256_ORDER or not 0 < s < _P256_ORDER:
        return b""
    try:
        key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        key.verify(encode_dss_signature(r, s), data[:32], ec.ECDSA(Prehashed(SHA256())))
    except (ValueError, InvalidSignature):
        return b""  # not a point of the curve, or not its signature
    return to_bytes(1)
