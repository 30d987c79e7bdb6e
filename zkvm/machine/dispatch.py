"""The chained instructions by code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from zkvm.isa.table import BY_NAME
from zkvm.machine import calls, control, destruct, environment, generic, logs, memory, storage
from zkvm.machine.frame import Frame
from zkvm.machine.message import Message
from zkvm.program import Instruction

Handler = Callable[[Frame, Instruction], int | Message | None]
"""Gives the identifier that comes next, None for the one that follows, or the message that is asked for."""

_BY_NAME: Final[dict[str, Handler]] = {
    "REGION": control.region,
    "LABEL": control.region,
    "MOVE": control.move,
    "GET": control.get,
    "SET": control.set_,
    "CHARGE": control.charge,
    "JMP": control.jmp,
    "JMPR": control.jmpr,
    "JMPD": control.jmpd,
    "BNZ": control.bnz,
    "BZ": control.bz,
    "BEQ": control.beq,
    "BNE": control.bne,
    "BLT": control.blt,
    "BGE": control.bge,
    "BSLT": control.bslt,
    "BSGE": control.bsge,
    "MGROW": memory.mgrow,
    "MLOAD": memory.mload,
    "MSTORE": memory.mstore,
    "MSTORE8": memory.mstore8,
    "MSIZE": memory.msize,
    "GAS": environment.gas,
    "SHA3": memory.sha3,
    "EXPGAS": environment.expgas,
    "ENV": environment.env,
    "CALLDATALOAD": memory.calldataload,
    "CALLDATACOPY": memory.calldatacopy,
    "CODECOPY": memory.codecopy,
    "RETURNDATACOPY": memory.returndatacopy,
    "MCOPY": memory.mcopy,
    "ARG": environment.argument,
    "EXTCODECOPY": environment.extcodecopy,
    "BALANCE": environment.balance,
    "EXTCODESIZE": environment.extcodesize,
    "EXTCODEHASH": environment.extcodehash,
    "BLOCKHASH": environment.blockhash,
    "BLOBHASH": environment.blobhash,
    "SLOAD": storage.sload,
    "SSTORE": storage.sstore,
    "TLOAD": storage.tload,
    "TSTORE": storage.tstore,
    "TOPIC": logs.topic,
    "LOG": logs.log,
    "SCHK": generic.schk,
    "SLD": generic.sld,
    "SST": generic.sst,
    "SADJ": generic.sadj,
    "CALL": calls.call,
    "CREATE": calls.create,
    "STOP": control.stop,
    "RETURN": control.return_,
    "REVERT": control.revert,
    "HALT": control.halt,
    "SELFDESTRUCT": destruct.selfdestruct,
}

HANDLERS: Final[dict[int, Handler]] = {BY_NAME[name].code: handler for name, handler in _BY_NAME.items()}
"""By table code."""
