"""Precompiles: functions (input, gas given) -> (success, output, gas used) (ISA 9.7)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

from zkvm.isa.rules import PRECOMPILES, RuleSet
from zkvm.machine.message import Outcome
from zkvm.machine.precompiles import digests, modexp, signatures
from zkvm.machine.precompiles.gas import PRICES, Refused

_NAMES: Final[dict[int, str]] = {address: name for address, name, _, _ in PRECOMPILES}
_Compute = Callable[[bytes], bytes]
_PLAIN: Final[dict[str, _Compute]] = {
    "ECRECOVER": signatures.ecrecover,
    "SHA256": digests.sha256,
    "RIPEMD160": digests.ripemd160,
    "IDENTITY": bytes,
    "MODEXP": modexp.modexp,
    "BLAKE2F": digests.blake2f,
    "P256VERIFY": signatures.p256verify,
}
_RECURSION: Final = 5000
"""py_ecc multiplies points by recursion, some 640 calls deep."""


def run_precompile(address: int, data: bytes, gas: int, rules: RuleSet) -> Outcome:
    """The outcome of a message to a precompile; all its gas is lost if it fails."""
    name = _NAMES[address]
    try:
        price = PRICES[name](data, rules)
        if price > gas:
            return Outcome("halt", b"", 0)
        with _recursion():
            output = (_PLAIN.get(name) or _curves()[name])(data)
    except Refused:
        return Outcome("halt", b"", 0)
    return Outcome("success", output, gas - price)


@cache
def _curves() -> dict[str, _Compute]:
    """Those that need py_ecc, which is loaded when the first of them runs."""
    from zkvm.machine.precompiles import bls12, bn254, kzg

    return {
        "BN254_ADD": bn254.add,
        "BN254_MUL": bn254.mul,
        "BN254_PAIRING": bn254.pairing,
        "POINT_EVALUATION": kzg.point_evaluation,
        "BLS12_G1ADD": bls12.g1_add,
        "BLS12_G1MSM": bls12.g1_msm,
        "BLS12_G2ADD": bls12.g2_add,
        "BLS12_G2MSM": bls12.g2_msm,
        "BLS12_PAIRING_CHECK": bls12.pairing_check,
        "BLS12_MAP_FP_TO_G1": bls12.map_fp_to_g1,
        "BLS12_MAP_FP2_TO_G2": bls12.map_fp2_to_g2,
    }


@contextmanager
def _recursion() -> Iterator[None]:
    """Room for py_ecc, which would set the process's recursion limit to 100,000 for good when it is imported."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
