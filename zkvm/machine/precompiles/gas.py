"""Prices of the precompiles by rule set (ISA 9.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from zkvm.isa.rules import RuleSet
from zkvm.isa.table import FORKS
from zkvm.machine.memory import window, words_of
from zkvm.machine.precompiles import discounts

Price = Callable[[bytes, RuleSet], int]
_BERLIN, _OSAKA, _ISTANBUL = (FORKS.index(fork) for fork in ("Berlin", "Osaka", "Istanbul"))
_MODEXP_LIMIT_BYTES: Final = 1024
"""EIP-7823."""


class Refused(Exception):
    """An input that the precompile does not accept."""


def _fixed(gas: int) -> Price:
    return lambda _data, _rules: gas


def _words(base: int, word: int) -> Price:
    return lambda data, _rules: base + word * words_of(len(data))


def _istanbul(before: int, since: int) -> Price:
    """EIP-1108."""
    return lambda _data, rules: since if rules.index >= _ISTANBUL else before


def _bn254_pairing(data: bytes, rules: RuleSet) -> int:
    """EIP-197, EIP-1108."""
    base, pair = (45_000, 34_000) if rules.index >= _ISTANBUL else (100_000, 80_000)
    return base + pair * (len(data) // 192)


def _blake2f(data: bytes, _rules: RuleSet) -> int:
    """One gas a round (EIP-152)."""
    if len(data) != 213:
        raise Refused
    return int.from_bytes(data[:4], "big")


def modexp_lengths(data: bytes) -> tuple[int, int, int]:
    """Bytes of base, exponent and modulus (EIP-198)."""
    base, exponent, modulus = (int.from_bytes(window(data, at, 32), "big") for at in (0, 32, 64))
    return base, exponent, modulus


def _modexp(data: bytes, rules: RuleSet) -> int:
    """EIP-198; from Berlin EIP-2565; from Osaka EIP-7883, with the limits of EIP-7823."""
    base, exponent, modulus = modexp_lengths(data)
    head = int.from_bytes(window(data, 96 + base, min(32, exponent)), "big")
    longest, bits = max(base, modulus), max(head.bit_length() - 1, 0)
    beyond = max(exponent - 32, 0)
    if rules.index >= _OSAKA:
        if max(longest, exponent) > _MODEXP_LIMIT_BYTES:
            raise Refused
        complexity = 16 if longest <= 32 else 2 * ((longest + 7) // 8) ** 2
        return max(500, complexity * max(16 * beyond + bits, 1))
    turns = max(8 * beyond + bits, 1)
    if rules.index >= _BERLIN:
        return max(200, ((longest + 7) // 8) ** 2 * turns // 3)
    return _complexity_eip198(longest) * turns // 20


def _complexity_eip198(size_bytes: int) -> int:
    if size_bytes <= 64:
        return size_bytes**2
    if size_bytes <= 1024:
        return size_bytes**2 // 4 + 96 * size_bytes - 3072
    return size_bytes**2 // 16 + 480 * size_bytes - 199_680


def _msm(pair_bytes: int, gas: int, table: tuple[int, ...]) -> Price:
    """Multi-scalar multiplication (EIP-2537)."""

    def price(data: bytes, _rules: RuleSet) -> int:
        pairs = _pairs(data, pair_bytes)
        return pairs * gas * table[min(pairs, len(table)) - 1] // 1000

    return price


def _bls12_pairing(data: bytes, _rules: RuleSet) -> int:
    """EIP-2537."""
    return 37_700 + 32_600 * _pairs(data, 384)


def _pairs(data: bytes, pair_bytes: int) -> int:
    if not data or len(data) % pair_bytes:
        raise Refused
    return len(data) // pair_bytes


PRICES: Final[dict[str, Price]] = {
    "ECRECOVER": _fixed(3000),
    "SHA256": _words(60, 12),
    "RIPEMD160": _words(600, 120),
    "IDENTITY": _words(15, 3),
    "MODEXP": _modexp,
    "BN254_ADD": _istanbul(500, 150),
    "BN254_MUL": _istanbul(40_000, 6_000),
    "BN254_PAIRING": _bn254_pairing,
    "BLAKE2F": _blake2f,
    "POINT_EVALUATION": _fixed(50_000),
    "BLS12_G1ADD": _fixed(375),
    "BLS12_G1MSM": _msm(160, 12_000, discounts.G1),
    "BLS12_G2ADD": _fixed(600),
    "BLS12_G2MSM": _msm(288, 22_500, discounts.G2),
    "BLS12_PAIRING_CHECK": _bls12_pairing,
    "BLS12_MAP_FP_TO_G1": _fixed(5_500),
    "BLS12_MAP_FP2_TO_G2": _fixed(23_800),
    "P256VERIFY": _fixed(6_900),
}
"""By name in the table of precompiles (Source: Yellow Paper appendix E and the EIPs that the table names)."""
