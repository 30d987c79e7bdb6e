"""BN254 (alt_bn128): addition, multiplication, pairing (EIP-196, EIP-197)."""

from __future__ import annotations

import importlib
from typing import Any, Final

from zkvm.machine.memory import window
from zkvm.machine.precompiles.gas import Refused
from zkvm.word import from_bytes, to_bytes

curve: Final[Any] = importlib.import_module("py_ecc.optimized_bn128")
"""Untyped: the package does not say what it exports."""
Point = Any
"""py_ecc's projective point."""


def add(data: bytes) -> bytes:
    """The sum of two points of G1."""
    return _bytes(curve.add(_g1(window(data, 0, 64)), _g1(window(data, 64, 64))))


def mul(data: bytes) -> bytes:
    """A point of G1 times a scalar."""
    return _bytes(curve.multiply(_g1(window(data, 0, 64)), from_bytes(window(data, 64, 32))))


def pairing(data: bytes) -> bytes:
    """1 in a word if the product of the pairings is one, else 0."""
    if len(data) % 192:
        raise Refused
    product = curve.FQ12.one()
    for at in range(0, len(data), 192):
        p, q = _g1(data[at : at + 64]), _g2(data[at + 64 : at + 192])
        product *= curve.pairing(q, p, final_exponentiate=False)
    return to_bytes(int(curve.final_exponentiate(product) == curve.FQ12.one()))


def _element(data: bytes) -> int:
    number = from_bytes(data)
    if number >= curve.field_modulus:
        raise Refused
    return number


def _g1(data: bytes) -> Point:
    """A point of G1; (0, 0) is the one at infinity. All points of the curve are in G1."""
    x, y = _element(data[:32]), _element(data[32:])
    point = (curve.FQ(x), curve.FQ(y), curve.FQ(int(x != 0 or y != 0)))
    if not curve.is_on_curve(point, curve.b):
        raise Refused
    return point


def _g2(data: bytes) -> Point:
    """A point of G2; imaginary parts come first."""
    x1, x0, y1, y0 = (_element(data[at : at + 32]) for at in (0, 32, 64, 96))
    point = (curve.FQ2((x0, x1)), curve.FQ2((y0, y1)), curve.FQ2((int(any((x0, x1, y0, y1))), 0)))
    if not curve.is_on_curve(point, curve.b2) or not curve.is_inf(curve.multiply(point, curve.curve_order)):
        raise Refused
    return point


def _bytes(point: Point) -> bytes:
    if curve.is_inf(point):
        return bytes(64)
    x, y = curve.normalize(point)
    return to_bytes(int(x)) + to_bytes(int(y))
