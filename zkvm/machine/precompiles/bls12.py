"""BLS12-381: addition, multi-scalar multiplication, pairing, maps to the curve (EIP-2537)."""

from __future__ import annotations

import importlib
from typing import Any, Final

from py_ecc.bls.hash_to_curve import clear_cofactor_G1, clear_cofactor_G2, map_to_curve_G1, map_to_curve_G2

from zkvm.machine.precompiles.gas import Refused
from zkvm.word import from_bytes, to_bytes

curve: Final[Any] = importlib.import_module("py_ecc.optimized_bls12_381")
"""Untyped: the package does not say what it exports."""
Point = Any
"""py_ecc's projective point."""
_FIELD_BYTES: Final = 64
_G1_BYTES: Final = 128
_G2_BYTES: Final = 256


def g1_add(data: bytes) -> bytes:
    """The sum of two points of the curve, in G1 or not."""
    _sized(data, 2 * _G1_BYTES)
    return _g1_bytes(curve.add(_g1(data[:_G1_BYTES]), _g1(data[_G1_BYTES:])))


def g2_add(data: bytes) -> bytes:
    """The sum of two points of the twisted curve, in G2 or not."""
    _sized(data, 2 * _G2_BYTES)
    return _g2_bytes(curve.add(_g2(data[:_G2_BYTES]), _g2(data[_G2_BYTES:])))


def g1_msm(data: bytes) -> bytes:
    """The sum of points of G1, each times its scalar."""
    total = curve.Z1
    for at in range(0, len(data), _G1_BYTES + 32):
        point = _in_subgroup(_g1(data[at : at + _G1_BYTES]))
        total = curve.add(total, curve.multiply(point, from_bytes(data[at + _G1_BYTES : at + _G1_BYTES + 32])))
    return _g1_bytes(total)


def g2_msm(data: bytes) -> bytes:
    """The sum of points of G2, each times its scalar."""
    total = curve.Z2
    for at in range(0, len(data), _G2_BYTES + 32):
        point = _in_subgroup(_g2(data[at : at + _G2_BYTES]))
        total = curve.add(total, curve.multiply(point, from_bytes(data[at + _G2_BYTES : at + _G2_BYTES + 32])))
    return _g2_bytes(total)


def pairing_check(data: bytes) -> bytes:
    """1 in a word if the product of the pairings is one, else 0."""
    product = curve.FQ12.one()
    for at in range(0, len(data), _G1_BYTES + _G2_BYTES):
        p = _in_subgroup(_g1(data[at : at + _G1_BYTES]))
        q = _in_subgroup(_g2(data[at + _G1_BYTES : at + _G1_BYTES + _G2_BYTES]))
        product *= curve.pairing(q, p, final_exponentiate=False)
    return to_bytes(int(curve.final_exponentiate(product) == curve.FQ12.one()))


def map_fp_to_g1(data: bytes) -> bytes:
    """The point of G1 that a field element maps to."""
    _sized(data, _FIELD_BYTES)
    return _g1_bytes(clear_cofactor_G1(map_to_curve_G1(curve.FQ(_element(data)))))


def map_fp2_to_g2(data: bytes) -> bytes:
    """The point of G2 that an element of the quadratic extension maps to."""
    _sized(data, 2 * _FIELD_BYTES)
    return _g2_bytes(clear_cofactor_G2(map_to_curve_G2(_element2(data))))


def _sized(data: bytes, size_bytes: int) -> None:
    if len(data) != size_bytes:
        raise Refused


def _element(data: bytes) -> int:
    number = from_bytes(data)
    if number >= curve.field_modulus:
        raise Refused
    return number


def _element2(data: bytes) -> Any:
    return curve.FQ2((_element(data[:_FIELD_BYTES]), _element(data[_FIELD_BYTES:])))


def _g1(data: bytes) -> Point:
    """A point of the curve; (0, 0) is the one at infinity."""
    x, y = _element(data[:_FIELD_BYTES]), _element(data[_FIELD_BYTES:])
    return _on_curve((curve.FQ(x), curve.FQ(y), curve.FQ(int(any(data)))), curve.b)


def _g2(data: bytes) -> Point:
    """A point of the twisted curve; real parts come first."""
    x, y = _element2(data[: 2 * _FIELD_BYTES]), _element2(data[2 * _FIELD_BYTES :])
    return _on_curve((x, y, curve.FQ2((int(any(data)), 0))), curve.b2)


def _on_curve(point: Point, b: Any) -> Point:
    if not curve.is_on_curve(point, b):
        raise Refused
    return point


def _in_subgroup(point: Point) -> Point:
    if not curve.is_inf(curve.multiply(point, curve.curve_order)):
        raise Refused
    return point


def _g1_bytes(point: Point) -> bytes:
    if curve.is_inf(point):
        return bytes(_G1_BYTES)
    return b"".join(int(part).to_bytes(_FIELD_BYTES, "big") for part in curve.normalize(point))


def _g2_bytes(point: Point) -> bytes:
    if curve.is_inf(point):
        return bytes(_G2_BYTES)
    return b"".join(int(part).to_bytes(_FIELD_BYTES, "big") for pair in curve.normalize(point) for part in pair.coeffs)
