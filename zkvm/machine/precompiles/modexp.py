"""MODEXP (EIP-198)."""

from __future__ import annotations

from zkvm.machine.memory import window
from zkvm.machine.precompiles.gas import modexp_lengths


def modexp(data: bytes) -> bytes:
    """base ** exponent mod modulus, 0 for a modulus of 0, in as many bytes as the modulus has."""
    base_bytes, exponent_bytes, modulus_bytes = modexp_lengths(data)
    if base_bytes == 0 and modulus_bytes == 0:
        return b""  # the price does not bound the exponent's length here
    at = 96
    numbers = []
    for size in (base_bytes, exponent_bytes, modulus_bytes):
        numbers.append(int.from_bytes(window(data, at, size), "big"))
        at += size
    base, exponent, modulus = numbers
    return (pow(base, exponent, modulus) if modulus else 0).to_bytes(modulus_bytes, "big")
