"""Inputs of the precompiles: valid ones, and valid ones spoiled."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, Final

import coincurve
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from tests.property.execution_specs import recursion_limit_kept

with recursion_limit_kept():  # py_ecc would raise it for all tests of this process
    bls: Any = importlib.import_module("py_ecc.optimized_bls12_381")
    bn: Any = importlib.import_module("py_ecc.optimized_bn128")
    compression: Any = importlib.import_module("py_ecc.bls.point_compression")


def word(number: int) -> bytes:
    """A number in a word."""
    return number.to_bytes(32, "big")


def ecrecover(random: Random) -> bytes:
    """Digest and signature of a key."""
    digest = random.randbytes(32)
    signature: bytes = coincurve.PrivateKey.from_int(random.randrange(1, 99)).sign_recoverable(digest, hasher=None)
    return digest + word(27 + signature[64]) + signature[:64]


def p256(random: Random) -> bytes:
    """Digest, signature and public key."""
    key = ec.derive_private_key(random.randrange(1, 1 << 200), ec.SECP256R1())
    digest, point = random.randbytes(32), key.public_key().public_numbers()
    r, s = decode_dss_signature(key.sign(digest, ec.ECDSA(Prehashed(SHA256()))))
    return digest + word(r) + word(s) + word(point.x) + word(point.y)


def modexp(random: Random) -> bytes:
    """Lengths and numbers."""
    sizes = [random.choice((0, 1, 3, 31, 32, 33, 64, 100, 1024, 1025)) for _ in range(3)]
    sizes[1] = min(sizes[1], 64)
    numbers = [random.choice((random.randbytes(size), bytes(size), b"\x01".rjust(size, b"\0")[:size])) for size in sizes]
    return b"".join(map(word, sizes)) + b"".join(numbers)


def blake2f(random: Random) -> bytes:
    """Rounds, state, block, offset and flag."""
    return random.randrange(30).to_bytes(4, "big") + random.randbytes(208) + bytes([random.randrange(2)])


def _bn_g1(random: Random) -> tuple[Any, bytes]:
    point = bn.multiply(bn.G1, random.choice((0, 1, 2, random.getrandbits(100))))
    return point, bytes(64) if bn.is_inf(point) else b"".join(word(int(each)) for each in bn.normalize(point))


def _bn_g2(scalar: int) -> bytes:
    point = bn.multiply(bn.G2, scalar)
    if bn.is_inf(point):
        return bytes(128)
    return b"".join(word(int(part)) for each in bn.normalize(point) for part in reversed(each.coeffs))


def bn_add(random: Random) -> bytes:
    """Two points."""
    return _bn_g1(random)[1] + _bn_g1(random)[1]


def bn_mul(random: Random) -> bytes:
    """A point and a scalar."""
    return _bn_g1(random)[1] + word(random.choice((0, 1, bn.curve_order, random.getrandbits(256))))


def bn_pairing(random: Random) -> bytes:
    """Pairs whose product is one, or is not."""
    a, b = random.randrange(1, 50), random.randrange(1, 50)

    def g1(scalar: int) -> bytes:
        return b"".join(word(int(each)) for each in bn.normalize(bn.multiply(bn.G1, scalar)))

    last = random.choice((bn.curve_order - a * b, 5))
    pairs = [g1(a) + _bn_g2(b), g1(last) + _bn_g2(1), bytes(64) + _bn_g2(7), g1(3) + bytes(128)]
    return b"".join(pairs[: random.choice((0, 1, 2, 2, 4))])


def _element(number: int) -> bytes:
    return number.to_bytes(64, "big")


def _g1(scalar: int) -> bytes:
    point = bls.multiply(bls.G1, scalar)
    return bytes(128) if bls.is_inf(point) else b"".join(_element(int(each)) for each in bls.normalize(point))


def _g2(scalar: int) -> bytes:
    point = bls.multiply(bls.G2, scalar)
    if bls.is_inf(point):
        return bytes(256)
    return b"".join(_element(int(part)) for each in bls.normalize(point) for part in each.coeffs)


def _scalar(random: Random) -> int:
    return random.choice((0, 1, 2, random.getrandbits(64)))


def g1_add(random: Random) -> bytes:
    """Two points, one perhaps outside the subgroup."""
    outside = _element(0) + _element(2)  # (0, 2) is on the curve, of order 3
    return _g1(_scalar(random)) + random.choice((_g1(_scalar(random)), outside))


def g2_add(random: Random) -> bytes:
    """Two points."""
    return _g2(_scalar(random)) + _g2(_scalar(random))


def g1_msm(random: Random) -> bytes:
    """Points and scalars."""
    point = random.choice((_g1(_scalar(random)), _g1(_scalar(random)), _element(0) + _element(2)))
    return (point + word(random.getrandbits(256))) + (_g1(3) + word(_scalar(random))) * random.randrange(3)


def g2_msm(random: Random) -> bytes:
    """Points and scalars."""
    return (_g2(_scalar(random)) + word(random.getrandbits(256))) * random.randint(1, 2)


def pairing_check(random: Random) -> bytes:
    """Pairs whose product is one, or is not."""
    a, b = random.randrange(1, 50), random.randrange(1, 50)
    last = random.choice((bls.curve_order - a * b, 5))
    pairs = [_g1(a) + _g2(b), _g1(last) + _g2(1), bytes(128) + _g2(7)]
    return b"".join(pairs[: random.choice((1, 2, 2, 3))])


def map_fp(random: Random) -> bytes:
    """A field element."""
    return _element(random.choice((0, 1, bls.field_modulus - 1, random.getrandbits(380))))


def map_fp2(random: Random) -> bytes:
    """An element of the extension."""
    return map_fp(random) + map_fp(random)


def point_evaluation(random: Random) -> bytes:
    """A constant polynomial: the commitment is the constant times G1, each opening proof the point at infinity."""
    constant = random.choice((0, 1, 2, 7))
    infinity = b"\xc0" + bytes(47)
    commitment = infinity if constant == 0 else _compressed(constant)
    versioned = b"\x01" + hashlib.sha256(commitment).digest()[1:]
    value = random.choice((constant, constant, 3))
    return versioned + word(random.getrandbits(200)) + word(value) + commitment + infinity


def _compressed(scalar: int) -> bytes:
    return int(compression.compress_G1(bls.multiply(bls.G1, scalar))).to_bytes(48, "big")


MAKERS: Final[dict[str, Callable[[Random], bytes]]] = {
    "ECRECOVER": ecrecover,
    "SHA256": lambda random: random.randbytes(random.randrange(100)),
    "RIPEMD160": lambda random: random.randbytes(random.randrange(100)),
    "IDENTITY": lambda random: random.randbytes(random.randrange(100)),
    "MODEXP": modexp,
    "BN254_ADD": bn_add,
    "BN254_MUL": bn_mul,
    "BN254_PAIRING": bn_pairing,
    "BLAKE2F": blake2f,
    "POINT_EVALUATION": point_evaluation,
    "BLS12_G1ADD": g1_add,
    "BLS12_G1MSM": g1_msm,
    "BLS12_G2ADD": g2_add,
    "BLS12_G2MSM": g2_msm,
    "BLS12_PAIRING_CHECK": pairing_check,
    "BLS12_MAP_FP_TO_G1": map_fp,
    "BLS12_MAP_FP2_TO_G2": map_fp2,
    "P256VERIFY": p256,
}


def inputs(name: str, count: int) -> Iterator[bytes]:
    """Inputs of a precompile: half valid, half spoiled."""
    random = Random(name)
    for index in range(count):
        data = bytearray(MAKERS[name](random))
        if index % 2 and data:
            kind = random.randrange(4)
            if kind == 0:
                data[random.randrange(len(data))] ^= 1 << random.randrange(8)
            elif kind == 1:
                del data[random.randrange(len(data)) :]
            elif kind == 2:
                data += bytes(random.randint(1, 40))
            else:
                at = random.randrange(0, len(data), 32)
                data[at : at + 32] = random.choice((bytes(32), b"\xff" * 32))
        yield bytes(data)
