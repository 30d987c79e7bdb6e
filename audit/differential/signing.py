"""Signatures that `ecrecover` accepts, for functions that only failed: the hash to sign is what a run passes to the precompile.

So nothing needs to be known of the scheme (EIP-2612, EIP-712 votes, a scheme of one's own): the call runs once with a placeholder
signature from a key's account, the message to the precompile shows the hash, and the key signs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from eth_abi.abi import encode
from eth_abi.exceptions import EncodingError

from audit.differential import oracle
from audit.differential.interface import Function
from audit.differential.keys import Key
from audit.differential.values import WORD, least
from zkvm.errors import InputError

SIGNERS: Final = (Key("signer 1"), Key("signer 2"))
ECRECOVER: Final = "0x" + "00" * 19 + "01"
R: Final = b"\x01".rjust(32, b"\0")
S: Final = b"\x02".rjust(32, b"\0")
"""Placeholders: s in the lower half of the order, so that no check before the precompile refuses it."""
LATE: Final = (1 << 64) - 1
SMALL: Final = (1, 0, LATE)
"""What the other numbers are set to."""


def signed(request: Mapping[str, Any], function: Function) -> Iterator[dict[str, Any]]:
    """The request, of one call, with a signature of a key in place of each placeholder that reaches the precompile."""
    (call,) = request["calls"]
    for key in SIGNERS:
        for number in SMALL:
            data = _template(function, key.address, number)
            if data is None:
                return
            tried = {**request, "calls": [{**call, "data": "0x" + data.hex(), "value": "0x0"}]}
            for digest in _asked(tried):
                filled = fill(data, *key.sign(digest))
                if filled is not None:
                    yield {**tried, "calls": [{**tried["calls"][0], "data": "0x" + filled.hex()}]}


def _template(function: Function, address: str, number: int) -> bytes | None:
    """Call data with placeholder signatures: every address is the key's; numbers are late times, but for the first, which is `number`."""
    if function.types is None or not _signs(function.types):
        return None
    values: list[Any] = []
    first, words = True, iter((R, S) * len(function.types))
    for kind in function.types:
        if kind == "bytes32":
            values.append(next(words))
        elif kind == "bytes":
            values.append(R + S + bytes([27]))
        elif kind == "uint8":
            values.append(27 if ("bytes32" in function.types) else 1)
        elif kind.startswith("uint") and kind[4:].isdecimal():
            bits = int(kind[4:])
            values.append((number if first else LATE) % (1 << bits))
            first = False
        else:
            values.append(least(kind, address))
    try:
        return function.selector + encode(function.types, values)
    except (EncodingError, ValueError, TypeError):
        return None


def _signs(types: tuple[str, ...]) -> bool:
    """Whether a signature may be among the arguments: bytes, or two words after a small number."""
    return "bytes" in types or ("uint8" in types and types.count("bytes32") >= 2)


def _asked(request: Mapping[str, Any]) -> list[bytes]:
    """The hashes that a run passes to the precompile with the placeholder."""
    try:
        result = oracle.run({**request, "messages": True})
    except InputError:
        return []
    inputs = (
        bytes.fromhex(each["input"][2:]) for call in result["calls"] for each in call["messages"] if each["to"] == ECRECOVER
    )
    return list(dict.fromkeys(each[:32] for each in inputs if each[64:96] == R))


def fill(data: bytes, parity: int, r: int, s: int) -> bytes | None:
    """The data with a signature in place of the first placeholder; None where there is none.

    Shape: the placeholder is r || s, with v as a word before or a byte after them.
    """
    at = data.find(R + S)
    if at < 0:
        return None
    made = bytearray(data)
    made[at : at + 64] = r.to_bytes(32, "big") + (s % WORD).to_bytes(32, "big")
    if int.from_bytes(data[at - 32 : at], "big") == 27:
        made[at - 1] = 27 + parity
    elif data[at + 64 : at + 65] == b"\x1b":
        made[at + 64] = 27 + parity
    return bytes(made)
