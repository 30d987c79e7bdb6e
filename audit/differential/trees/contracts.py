"""Contracts: a dispatcher on the call data's selector, and routines that are rows of actions with an end."""

from __future__ import annotations

from random import Random

from audit.differential.trees.actions import Actions
from audit.differential.trees.operands import Operands
from audit.differential.trees.writer import Code, Writer


def contract(fork: str, random: Random) -> Code:
    """A contract with three to six routines."""
    writer = Writer(fork)
    count = random.randrange(3, 7)
    names = [writer.name() for _ in range(count)]
    writer.op(f"{count} 0 CALLDATALOAD 0 BYTE MOD")
    for number, name in enumerate(names[1:], 1):
        writer.op(f"DUP1 {number} EQ")
        writer.push_label(name)
        writer.op("JUMPI")
    for name in names:
        writer.label(name)
        writer.op("POP")
        _routine(writer, random)
    return writer.code()


def _routine(writer: Writer, random: Random) -> None:
    """Actions, and without fuel only those that enter no frame."""
    actions, leaf = Actions(writer, random), writer.name()
    Operands(writer, random).fuel()
    writer.op("ISZERO")
    writer.push_label(leaf)
    writer.op("JUMPI")
    inner = random.choice((1, 2, 3, 3, 4))
    row = [True] * inner + [False] * random.randrange(3)
    random.shuffle(row)
    for enters in row:
        if enters:
            actions.inner()
        else:
            actions.plain()
    _end(writer, random)
    writer.label(leaf)
    for _ in range(random.randrange(1, 4)):
        actions.plain()
    _end(writer, random)


def _end(writer: Writer, random: Random) -> None:
    """How a routine ends: mostly well."""
    choice = random.random()
    ends = "REVERT" if writer.has("REVERT") and random.random() < 0.2 else "RETURN"
    if choice < 0.12:
        writer.op("STOP")
    elif choice < 0.78:
        writer.op(f"{random.choice((0, 1, 32, 64, 128))} {random.choice((0, 0, 32))} {ends}")
    elif choice < 0.82:
        writer.op(f"{random.choice((1000, 20_000))} 0 {ends}")
    elif choice < 0.88:
        Operands(writer, random).address()
        writer.op("SELFDESTRUCT")
    elif choice < 0.94:
        writer.op(f"GAS 0 MSTORE 64 0 {ends}")
    elif choice < 0.95:
        again = writer.name()
        writer.label(again)
        writer.op(f"{random.choice((100, 3000))} MLOAD POP")
        writer.push_label(again)
        writer.op("JUMP")
    elif choice < 0.98:
        writer.op(random.choice(("INVALID", "3 JUMP", "POP", "0 0 MSTORE 1 1 JUMPI STOP")))
    else:
        Operands(writer, random).word()
        writer.op("0 RETURN")


def diver(fork: str, random: Random, creating: bool) -> Code:
    """A contract that calls itself, or init code that creates itself, as deep as it goes."""
    writer = Writer(fork)
    if creating:
        writer.op("CODESIZE 0 0 CODECOPY CODESIZE 0 0 CREATE 0 MSTORE 32 0 RETURN")
        return writer.code()
    kind = random.choice([name for name in ("CALL", "CALLCODE", "DELEGATECALL", "STATICCALL") if writer.has(name)])
    value = "0 " if kind in ("CALL", "CALLCODE") else ""
    gas = "5000 GAS SUB" if fork in ("Frontier", "Homestead") else random.choice(("GAS", "GAS", "900 GAS SUB"))
    writer.op(f"32 0 0 0 {value}ADDRESS {gas} {kind} 0 MLOAD ADD 0 MSTORE 32 0 RETURN")
    return writer.code()
