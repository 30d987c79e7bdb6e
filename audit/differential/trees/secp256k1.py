"""Signatures over secp256k1 for generated authorizations and ECRECOVER inputs. Not for keys that guard anything.

Source: SEC 2; EIP-7702.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from zkvm.word import keccak256

P: Final = 2**256 - 2**32 - 977
ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
BASE: Final = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
Point = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature with the parity of its point."""

    y_parity: int
    r: int
    s: int


@dataclass(frozen=True)
class Key:
    """A secret number with its account."""

    secret: int

    @cached_property
    def address(self) -> int:
        """The account."""
        point = multiply(self.secret)
        assert point is not None
        public = point[0].to_bytes(32, "big") + point[1].to_bytes(32, "big")
        return int.from_bytes(keccak256(public)[12:], "big")

    def sign(self, digest: bytes) -> Signature:
        """The signature of a digest, `s` in the lower half; the same for the same digest."""
        nonce = int.from_bytes(keccak256(self.secret.to_bytes(32, "big") + digest), "big") % ORDER
        point = multiply(nonce)
        assert point is not None
        r = point[0] % ORDER
        s = pow(nonce, -1, ORDER) * (int.from_bytes(digest, "big") + r * self.secret) % ORDER
        parity = point[1] & 1
        return Signature(parity ^ 1, r, ORDER - s) if s > ORDER // 2 else Signature(parity, r, s)


def add(left: Point, right: Point) -> Point:
    """The sum of two points."""
    if left is None or right is None:
        return left or right
    (x1, y1), (x2, y2) = left, right
    if x1 == x2 and (y1 + y2) % P == 0:
        return None
    slope = 3 * x1 * x1 * pow(2 * y1, -1, P) if left == right else (y2 - y1) * pow(x2 - x1, -1, P)
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


def multiply(scalar: int) -> Point:
    """A multiple of the base point."""
    total: Point = None
    power: Point = BASE
    while scalar:
        if scalar & 1:
            total = add(total, power)
        power = add(power, power)
        scalar >>= 1
    return total
