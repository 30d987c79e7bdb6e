"""CALL and CREATE: what they charge, the message that they ask for, how the frame goes on after it (ISA 9.2-9.5)."""

from __future__ import annotations

from zkvm.isa.rules import (
    CALL_NEW_ACCOUNT_GAS,
    CALL_STIPEND,
    CALL_VALUE_GAS,
    HASH_WORD_GAS,
)
from zkvm.machine.frame import Frame
from zkvm.machine.memory import words_of
from zkvm.machine.message import CALL_KINDS, CREATE_KINDS, Message, MessageKind, Outcome, create2_address, create_address
from zkvm.machine.world import delegate_of
from zkvm.program import Instruction
from zkvm.word import ADDRESS_MASK


def call(frame: Frame, at: Instruction) -> Message | int:
    """The message of a CALL, or 0 for a halt (ISA 9.2, 9.3)."""
    kind = CALL_KINDS[at.c]
    asked, account = frame.arguments[0], frame.arguments[1] & ADDRESS_MASK
    value = frame.arguments[2] if kind in ("call", "callcode") else 0
    if frame.message.static and kind == "call" and value:
        return 0
    frame.gas += _access_gas(frame, account)
    if value:
        frame.gas += CALL_VALUE_GAS
    if kind == "call":
        frame.gas += _new_account_gas(frame, account, value)
    frame.gas += _delegation_gas(frame, account)
    if frame.gas_left < 0:
        return 0
    given = _given(frame, asked)
    if given is None:
        return 0
    frame.gas += given
    offset, size = frame.arguments[-4], frame.arguments[-3]
    return _call_message(frame, kind, account, value, frame.load(offset, size), given + (CALL_STIPEND if value else 0))


def _call_message(frame: Frame, kind: MessageKind, account: int, value: int, data: bytes, gas: int) -> Message:
    """ISA 9.3."""
    own = frame.message
    return Message(
        kind=kind,
        sender=frame.address,
        caller=own.caller if kind == "delegatecall" else frame.address,
        address=account if kind in ("call", "staticcall") else frame.address,
        code_address=account,
        value=own.value if kind == "delegatecall" else value,
        data=data,
        gas=gas,
        static=own.static or kind == "staticcall",
        depth=own.depth + 1,
    )


def _access_gas(frame: Frame, account: int) -> int:
    """The cold surcharge of an account, warm from now on (EIP-2929)."""
    return frame.rules.cold_account if frame.world.warm(account) else 0


def _new_account_gas(frame: Frame, account: int, value: int) -> int:
    """CALL to an account that does not exist; from SpuriousDragon on only with value (EIP-161)."""
    if frame.world.exists(account, frame.rules) or (frame.rules.empty_is_absent and not value):
        return 0
    return CALL_NEW_ACCOUNT_GAS


def _delegation_gas(frame: Frame, account: int) -> int:
    """The price of the account to which the code account delegates (EIP-7702)."""
    target = delegate_of(frame.world.code(account), frame.rules)
    return 0 if target is None else frame.rules.warm_account + _access_gas(frame, target)


def _given(frame: Frame, asked: int) -> int | None:
    """Gas for the callee; None where more is asked than there is, before EIP-150."""
    left = frame.gas_left
    if frame.rules.call_all_but_64th:
        return min(asked, left - left // 64)
    return asked if asked <= left else None


def create(frame: Frame, at: Instruction) -> Message | int:
    """The message of a CREATE, or 0 for a halt (ISA 9.5)."""
    kind, rules = CREATE_KINDS[at.c], frame.rules
    value, offset, size = frame.arguments[:3]
    if frame.message.static or size > rules.init_code_limit_bytes:
        return 0
    frame.gas += (rules.init_word_gas + (HASH_WORD_GAS if kind == "create2" else 0)) * words_of(size)
    if frame.gas_left < 0:
        return 0
    given = _given(frame, frame.gas_left)
    if given is None:
        return 0
    frame.gas += given
    creator, init_code = frame.address, frame.load(offset, size)
    address = create_address(creator, frame.world.nonce(creator))
    if kind == "create2":
        address = create2_address(creator, frame.arguments[3], init_code)
    return Message(kind, creator, creator, address, address, value, init_code, given, depth=frame.message.depth + 1)


def resume(frame: Frame, message: Message, outcome: Outcome) -> None:
    """Go on after a message: gas that is left, return data, output area, result (ISA 9.4, 9.5)."""
    frame.gas -= outcome.gas_left
    if message.creates:
        frame.return_data = outcome.output if outcome.status == "revert" else b""
        frame.give(message.address if outcome.success else 0)
    else:
        frame.return_data = outcome.output
        offset, size = frame.arguments[-2:]
        frame.store(offset, outcome.output[:size])
        frame.give(int(outcome.success))
    frame.arguments.clear()
    frame.pc += 1
