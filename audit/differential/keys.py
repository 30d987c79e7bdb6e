"""Keys whose signatures `ecrecover` accepts; fixed ones, for accounts that a run makes up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from coincurve import PrivateKey

from zkvm.word import keccak256


@dataclass(frozen=True)
class Key:
    """A secp256k1 key, made from a name."""

    name: str

    @cached_property
    def _private(self) -> PrivateKey:
        return PrivateKey(keccak256(b"sol2zk key " + self.name.encode()))

    @cached_property
    def address(self) -> str:
        """The account that the key signs for."""
        point = self._private.public_key.format(compressed=False)
        return "0x" + keccak256(point[1:])[12:].hex()

    def sign(self, digest: bytes) -> tuple[int, int, int]:
        """(y parity, r, s) of a hash; the same each time (RFC 6979), s in the lower half (EIP-2)."""
        made = self._private.sign_recoverable(digest, hasher=None)
        return made[64], int.from_bytes(made[:32], "big"), int.from_bytes(made[32:64], "big")

    def signature(self, digest: bytes) -> bytes:
        """r || s || v, 65 bytes, v 27 or 28."""
        parity, r, s = self.sign(digest)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([27 + parity])
