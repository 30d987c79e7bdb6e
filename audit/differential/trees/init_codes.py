"""Init codes: what deploys, and each way not to."""

from __future__ import annotations

from random import Random
from typing import Final

from audit.differential.trees import scene
from audit.differential.trees.writer import Writer

OVERSIZE: Final = 24577
"""One byte more than EIP-170 admits."""


def runtime(fork: str, random: Random) -> bytes:
    """A small contract to deploy."""
    writer = Writer(fork)
    kind = random.randrange(8)
    if kind == 0:
        writer.op("CALLER SELFDESTRUCT")
    elif kind == 1:
        writer.op("ADDRESS SELFDESTRUCT")
    elif kind == 2 and fork != "Constantinople":
        writer.op("1 0 SLOAD ADD DUP1 0 SSTORE 0 MSTORE 32 0 RETURN")
    elif kind == 3 and writer.has("REVERT"):
        writer.op("CALLDATASIZE 0 MSTORE 32 0 REVERT")
    elif kind == 4:
        # calls back without fuel
        writer.op("0 0 MSTORE8 0 1 MSTORE8 32 64 34 0 0 CALLER 2 GAS DIV CALL 0 MSTORE 32 0 RETURN")
    elif kind == 5:
        writer.op("CALLVALUE 0 MSTORE ADDRESS BALANCE 32 MSTORE CALLDATASIZE 0 64 CALLDATACOPY 96 0 RETURN")
    elif kind == 6:
        return b""
    else:
        writer.op("ADDRESS CALLER ORIGIN 3 0 LOG3")
        writer.op(f"{random.randrange(500)} 0 RETURN")
    return writer.code().data


def init_code(fork: str, random: Random, depth: int = 0) -> bytes:
    """An init code."""
    writer = Writer(fork)
    kind = random.randrange(20 if depth < 2 else 14)
    if kind < 5:
        deploys(writer, runtime(fork, random))
    elif kind == 5:
        return random.choice((b"", b"\x00", b"\xfe", b"\x5b", b"\x56"))
    elif kind == 6:
        deploys(writer, random.choice((b"\xef", b"\xef\x00\x01", b"\xef\x01\x00" + bytes(19) + b"\x04")))
    elif kind == 7:
        writer.op(f"{random.choice((OVERSIZE, OVERSIZE, OVERSIZE - 1))} 0 RETURN")
    elif kind == 8:
        writer.op(f"CALLER 0 MSTORE {random.choice((0, 31, 32, 64))} 0 {'REVERT' if writer.has('REVERT') else 'INVALID'}")
    elif kind == 9:
        beneficiary = random.choice(
            ("ADDRESS", "CALLER", "ORIGIN", "4", hex(scene.NOBODY[0]), hex(random.choice(scene.CONTRACTS)))
        )
        writer.op(f"{beneficiary} SELFDESTRUCT")
    elif kind == 10:
        # its arguments, or what lies behind it, become its code
        writer.op(f"{random.randrange(1, 70)} {random.randrange(40)} 0 CODECOPY 32 0 RETURN")
    elif kind == 11:
        writer.op("ADDRESS EXTCODESIZE CODESIZE CALLDATASIZE ADD ADD 0 MSTORE 32 0 RETURN")
    elif kind == 12:
        # runs into what follows it
        writer.op("1 2 ADD POP")
        return _head(writer)
    elif kind == 13:
        store(writer, random)
        writer.op("CALLVALUE 32 0 LOG1" if random.random() < 0.5 else "32 0 LOG0")
        deploys(writer, runtime(fork, random))
    elif kind < 17:
        calls(writer, random)
        deploys(writer, runtime(fork, random))
    else:
        creates(writer, init_code(fork, random, depth + 1), random)
        writer.op("0 MSTORE")
        if random.random() < 0.3:
            writer.op("INVALID")
        deploys(writer, runtime(fork, random))
    return writer.code().data


def _head(writer: Writer) -> bytes:
    return writer.code().data[:-1]  # without what ends it


def deploys(writer: Writer, code: bytes) -> None:
    """Return that code."""
    writer.push(len(code))
    writer.push_data(code)
    writer.op(f"0 CODECOPY {len(code)} 0 RETURN")


def store(writer: Writer, random: Random) -> None:
    """Write a slot, where rule set and oracle agree."""
    if writer.fork != "Constantinople":
        writer.op(f"{random.choice((0, 1, 2))} {random.randrange(3)} SSTORE")
    if writer.has("TSTORE"):
        writer.op(f"{random.choice((0, 1, 2))} {random.randrange(3)} TSTORE")


def calls(writer: Writer, random: Random) -> None:
    """Call back to the creator, or to another, with little fuel."""
    writer.op(f"{random.randrange(8)} 0 MSTORE8 {random.randrange(2)} 1 MSTORE8")
    to = random.choice(("CALLER", "CALLER", "ADDRESS", hex(random.choice(scene.CONTRACTS))))
    kinds = [name for name in ("CALL", "CALL", "CALLCODE", "DELEGATECALL", "STATICCALL") if writer.has(name)]
    kind = random.choice(kinds)
    value = f"{random.choice((0, 0, 1))} " if kind in ("CALL", "CALLCODE") else ""
    writer.op(f"32 64 34 0 {value}{to} 2 GAS DIV {kind} POP")


def creates(writer: Writer, init: bytes, random: Random) -> None:
    """Create with that init code; the address is left on the stack."""
    writer.push(len(init))
    writer.push_data(init)
    writer.op("0 CODECOPY")
    if writer.has("CREATE2") and random.random() < 0.5:
        writer.op(f"{random.randrange(2)} {len(init)} 0 {random.choice((0, 0, 1))} CREATE2")
    else:
        writer.op(f"{len(init)} 0 {random.choice((0, 0, 1))} CREATE")
