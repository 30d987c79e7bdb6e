"""POINT_EVALUATION: a KZG proof that a blob's polynomial has a value at a point (EIP-4844)."""

from __future__ import annotations

import hashlib
import importlib
from typing import Any, Final

from py_ecc.bls.point_compression import decompress_G1, decompress_G2
from py_ecc.bls.typing import G1Compressed, G2Compressed

from zkvm.machine.precompiles.gas import Refused
from zkvm.word import from_bytes, to_bytes

curve: Final[Any] = importlib.import_module("py_ecc.optimized_bls12_381")
"""Untyped: the package does not say what it exports."""
_FIELD_ELEMENTS: Final = 4096
_SETUP_G2: Final = bytes.fromhex(
    "b5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24f3499f72"
    "185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2"
)
"""The second power of the ceremony's secret in G2 (Source: consensus-specs, trusted_setup_4096.json)."""


def point_evaluation(data: bytes) -> bytes:
    """Input: versioned hash, z, y, commitment, proof; output: the number of field elements and the modulus."""
    if len(data) != 192:
        raise Refused
    z, y = from_bytes(data[32:64]), from_bytes(data[64:96])
    commitment, proof = data[96:144], data[144:192]
    if data[:32] != b"\x01" + hashlib.sha256(commitment).digest()[1:]:
        raise Refused
    if max(z, y) >= curve.curve_order or not _verify(_g1(commitment), z, y, _g1(proof)):
        raise Refused
    return to_bytes(_FIELD_ELEMENTS) + to_bytes(curve.curve_order)


def _verify(commitment: Any, z: int, y: int, proof: Any) -> bool:
    """e(commitment - [y], -[1]) e(proof, [secret] - [z]) = 1."""
    secret = decompress_G2(G2Compressed((from_bytes(_SETUP_G2[:48]), from_bytes(_SETUP_G2[48:]))))
    shifted = curve.add(secret, curve.neg(curve.multiply(curve.G2, z)))
    difference = curve.add(commitment, curve.neg(curve.multiply(curve.G1, y)))
    pairings = ((curve.neg(curve.G2), difference), (shifted, proof))
    product = curve.FQ12.one()
    for q, p in pairings:
        product *= curve.pairing(q, p, final_exponentiate=False)
    return bool(curve.final_exponentiate(product) == curve.FQ12.one())


def _g1(data: bytes) -> Any:
    """A compressed point of G1."""
    try:
        point = decompress_G1(G1Compressed(from_bytes(data)))
    except ValueError as error:
        raise Refused from error
    if not curve.is_inf(curve.multiply(point, curve.curve_order)):
        raise Refused
    return point
