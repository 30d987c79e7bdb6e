"""Environment, gas, and reads of other accounts (ISA 3.6, 4.3, 8.7, 8.8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from zkvm.host.reading import account_of
from zkvm.isa.table import ENV_KINDS
from zkvm.machine.frame import Frame
from zkvm.machine.memory import copy
from zkvm.program import Instruction
from zkvm.word import ADDRESS_MASK, from_bytes

_VALUES: Final[dict[str, Callable[[Frame], int]]] = {
    "ADDRESS": lambda frame: frame.address,
    "CALLER": lambda frame: frame.message.caller,
    "ORIGIN": lambda frame: frame.origin,
    "CALLVALUE": lambda frame: frame.message.value,
    "CALLDATASIZE": lambda frame: len(frame.data),
    "CODESIZE": lambda frame: len(frame.code),
    "GASPRICE": lambda frame: frame.env.gas_price,
    "RETURNDATASIZE": lambda frame: len(frame.return_data),
    "COINBASE": lambda frame: account_of(frame.env.coinbase),
    "TIMESTAMP": lambda frame: frame.env.timestamp,
    "NUMBER": lambda frame: frame.env.number,
    "PREVRANDAO": lambda frame: frame.env.prevrandao,
    "DIFFICULTY": lambda frame: frame.env.difficulty,
    "GASLIMIT": lambda frame: frame.env.gas_limit,
    "CHAINID": lambda frame: frame.env.chain_id,
    "BASEFEE": lambda frame: frame.env.base_fee,
    "BLOBBASEFEE": lambda frame: frame.env.blob_base_fee,
    "SELFBALANCE": lambda frame: frame.world.balance(frame.address),
}
_BY_KIND: Final = tuple(_VALUES[name] for name in ENV_KINDS)


def env(frame: Frame, at: Instruction) -> None:
    """Environment value of kind c."""
    frame.give(_BY_KIND[at.c](frame))


def gas(frame: Frame, _at: Instruction) -> int | None:
    """Gas left, after its own charge."""
    if frame.gas_left < 0:
        return 0
    frame.give(frame.gas_left)
    return None


def expgas(frame: Frame, at: Instruction) -> None:
    """Gas per byte of the exponent a (EIP-160)."""
    frame.gas += frame.rules.exp_byte_gas * ((frame.read(at.a).bit_length() + 7) // 8)


def _account(frame: Frame, word: int) -> int:
    """The account that a word names, charged if it is cold, warm from now on (EIP-2929)."""
    account = word & ADDRESS_MASK
    if frame.world.warm(account):
        frame.gas += frame.rules.cold_account
    return account


def balance(frame: Frame, at: Instruction) -> None:
    """Balance of account a."""
    frame.give(frame.world.balance(_account(frame, frame.read(at.a))))


def extcodesize(frame: Frame, at: Instruction) -> None:
    """Code size of account a."""
    frame.give(len(frame.world.code(_account(frame, frame.read(at.a)))))


def extcodehash(frame: Frame, at: Instruction) -> None:
    """Code hash of account a, 0 if it does not exist or is empty (EIP-1052)."""
    account = _account(frame, frame.read(at.a))
    world = frame.world
    frame.give(0 if world.empty(account) else from_bytes(world.code_hash(world.code(account))))


def extcodecopy(frame: Frame, at: Instruction) -> None:
    """Memory a .. a + c := code at b of the account in ARG 0."""
    copy(frame, at, frame.world.code(_account(frame, frame.arguments[0])))
    frame.arguments.clear()


def argument(frame: Frame, at: Instruction) -> None:
    """Extra operand c of the instruction that follows."""
    frame.arguments.append(frame.read(at.a))


def blockhash(frame: Frame, at: Instruction) -> None:
    """Hash of block a if it is one of the last 256, else 0."""
    number = frame.read(at.a)
    near = frame.env.number - 256 <= number < frame.env.number
    frame.give(from_bytes(frame.env.block_hash(number)) if near else 0)


def blobhash(frame: Frame, at: Instruction) -> None:
    """Versioned hash a of the transaction, 0 past the last (EIP-4844)."""
    index, hashes = frame.read(at.a), frame.env.blob_hashes
    frame.give(from_bytes(hashes[index]) if index < len(hashes) else 0)
