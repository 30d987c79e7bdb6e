"""Signatures that `ecrecover` accepts, for functions that only failed: the hash to sign is what a run passes to the precompile.

So nothing needs to be known of the scheme (EIP-2612, EIP-712 votes, a scheme of one's own): the call runs once with a placeholder
signature from a key's account, the message to the precompile shows the hash, and the key signs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from eth_abi.abi import encode
from eth_abi.exceptions import EncodingError

from audit.differential.interface import Function
from audit.differential.keys import Key
from audit.differential.values import WORD, least
from audit.differential.variations import Request, with_call

SIGNERS: Final = (Key("signer 1"), Key("signer 2"))
ECRECOVER: Final = "0x" + "00" * 19 + "01"
R: Final = b"\x01".rjust(32, b"\0")
S: Final = b"\x02".rjust(32, b"\0")
"""Placeholders: s in the lower half of the order, so that no check before the precompile refuses it."""
LATE: Final = (1 << 64) - 1


def templates(request: Request, function: Function) -> Iterator[Request]:
    """The request, of one call, with placeholder signatures of a key in place of what may be signatures; none where nothing may."""
    for key, number, others in (
        (SIGNERS[0], 1, LATE),
        (SIGNERS[0], 0, LATE),
        (SIGNERS[0], LATE, LATE),
        (SIGNERS[0], 1, 0),
        (SIGNERS[1], 1, LATE),
    ):
        if (data := _template(function, key.address, number, others)) is not None:
            yield with_call(request, data="0x" + data.hex(), value="0x0")


def signed(request: Request, result: Mapping[str, Any]) -> Request | None:
    """The request with a signature in place of the first placeholder that its run, whose messages are listed, passed to the precompile."""
    (call,) = request["calls"]
    data = bytes.fromhex(call["data"][2:])
    for digest in _asked(result):
        key = next((each for each in SIGNERS if bytes.fromhex(each.address[2:]) in data), SIGNERS[0])
        if (filled := fill(data, *key.sign(digest))) is not None:
            return with_call(request, data="0x" + filled.hex())
    return None


def _template(function: Function, address: str, number: int, others: int) -> bytes | None:
    """Call data with placeholder signatures: every address is the key's; the first number and the others are as given."""
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
            values.append((number if first else others) % (1 << bits))
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


def _asked(result: Mapping[str, Any]) -> list[bytes]:
    """The hashes that a run passed to the precompile with the placeholder."""
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
