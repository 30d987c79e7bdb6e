"""Inputs of precompiles that are right, so that more than their refusals is compared.

Source: EIP-152, 196, 197, 198, 2537, 4844, 7951 (a vector of RIP-7212).
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from random import Random
from typing import Final

from audit.differential.trees import scene
from zkvm.word import keccak256

_BN_P: Final = 21888242871839275222246405745257275088696311157297823662689037894645226208583
_BN_G2: Final = (
    0x198E9393920D483A7260BFB731FB5D25F1AA493335A9E71297E485B7AEF312C2,
    0x1800DEEF121F1E76426A00665E5C4479674322D4F75EDADD46DEBD5CD992F6ED,
    0x090689D0585FF075EC9E99AD690C3395BC4B313370B38EF355ACDADCD122975B,
    0x12C85EA5DB8C6DEB4AAB71808DCB408FE3D1E7690C43D37B4CE6CC0166FA7DAA,
)
_BLS_P: Final = 0x1A0111EA397FE69A4B1BA7B6434BACD764774B84F38512BF6730D2A0F6B0F6241EABFFFEB153FFFFB9FEFFFFFFFFAAAB
_BLS_G1: Final = (
    0x17F1D3A73197D7942695638C4FA9AC0FC3688C4F9774B905A14E3A3F171BAC586C55E83FF97A1AEFFB3AF00ADB22C6BB,
    0x08B3F481E3AAA0F1A09E30ED741D8AE4FCF5E095D5D00AF600DB18CB2C04B3EDD03CC744A2888AE40CAA232946C5E7E1,
)
_BLS_G2: Final = (
    0x024AA2B2F08F0A91260805272DC51051C6E47AD4FA403B02B4510B647AE3D1770BAC0326A805BBEFD48056C8C121BDB8,
    0x13E02B6052719F607DACD3A088274F65596BD0D09920B61AB5DA61BBDC7F5049334CF11213945D57E5AC7D055D042B7E,
    0x0CE5D527727D6E118CC9CDC6DA2E351AADFD9BAA8CBDD3A76D429A695160D12C923AC9CC3BACA289E193548608B82801,
    0x0606C4A02EA734CC32ACD2B02BC28B99CB3E287E85A763AF267492AB572E99AB3F370D275CEC1DA1AAA9075FF05F79BE,
)
_BLAKE2_STATE: Final = (
    "48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"
    "d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b"
)
_P256: Final = (
    "4cee90eb86eaa050036147a12d49004b6b9c72bd725d39d4785011fe190f0b4da73bd4903f0ce3b639bbbf6e8e80d16931ff4bcf5993d58468e8fb19086e8cac"
    "36dbcd03009df8c59286b162af3bd7fcc0450c9aa81be5d10d312af6c66b1d604aebd3099c618202fcfe16ae7770b0c49ab5eadf74b754204a3bb6060e44eff3"
    "7618b065f9832de4ca6ca971a7a1adc826d0f7c00181a5fb2ddf79ae00b4e10e"
)


def _words(*values: int) -> bytes:
    return b"".join(value.to_bytes(32, "big") for value in values)


def _fields(*values: int) -> bytes:
    return b"".join(value.to_bytes(64, "big") for value in values)


def _blake2(rounds: int, final: int) -> bytes:
    """The compression of "abc"."""
    count = (3).to_bytes(8, "little") + bytes(8)
    return rounds.to_bytes(4, "big") + bytes.fromhex(_BLAKE2_STATE) + b"abc" + bytes(125) + count + bytes([final])


@cache
def right(address: int) -> tuple[bytes, ...]:
    """Inputs that a precompile accepts; empty for one that accepts all bytes."""
    zero1, zero2 = bytes(128), bytes(256)
    g1, g2 = _fields(*_BLS_G1), _fields(*_BLS_G2)
    minus = _fields(_BLS_G1[0], _BLS_P - _BLS_G1[1])
    digest = keccak256(b"signed")
    signature = scene.SENDERS[0].sign(digest)
    infinity = b"\xc0" + bytes(47)
    found: dict[int, tuple[bytes, ...]] = {
        0x01: (digest + _words(27 + signature.y_parity, signature.r, signature.s),),
        0x05: (
            _words(1, 1, 1) + b"\x03\x05\x07",
            _words(32, 32, 32) + _words(3, 2**255, 2**256 - 189),
            _words(0, 40, 33) + bytes(73),
        ),
        0x06: (_words(1, 2, 1, 2), _words(1, 2), b"", _words(1, 2, 1, _BN_P - 2)),
        0x07: (_words(1, 2, 2), _words(1, 2, 2**256 - 1), _words(0, 0, 5)),
        0x08: (b"", _words(1, 2, *_BN_G2), _words(1, 2, *_BN_G2, 1, _BN_P - 2, *_BN_G2)),
        0x09: tuple(_blake2(rounds, final) for rounds, final in ((12, 1), (12, 0), (0, 1), (300, 1))),
        0x0A: (b"\x01" + sha256(infinity).digest()[1:] + _words(5, 0) + infinity + infinity,),
        0x0B: (g1 + g1, g1 + zero1, g1 + minus),
        0x0C: (g1 + _words(3), g1 + _words(2) + g1 + _words(2**256 - 1), zero1 + _words(1)),
        0x0D: (g2 + g2, g2 + zero2),
        0x0E: (g2 + _words(3), g2 + _words(2) + g2 + _words(7)),
        0x0F: (g1 + g2, g1 + g2 + minus + g2, zero1 + g2),
        0x10: (_fields(5), _fields(0), _fields(_BLS_P - 1)),
        0x11: (_fields(5, 7), _fields(0, 0)),
        0x100: (bytes.fromhex(_P256),),
    }
    return found.get(address, ())


def draw(address: int, random: Random) -> bytes:
    """An input: right, nearly right, or noise."""
    known = right(address)
    if not known or random.random() < 0.2:
        return random.randbytes(random.choice((0, 1, 31, 32, 64, 100, 128, 200)))
    data = random.choice(known)
    choice = random.random()
    if choice < 0.75:
        return data
    if choice < 0.85:
        return data[: random.randrange(len(data) + 1)]
    if choice < 0.9 or not data:
        return data + bytes(random.choice((1, 32)))
    bent = bytearray(data)
    bent[random.randrange(len(bent))] ^= 1 << random.randrange(8)
    return bytes(bent)
