"""A plain EVM over the interpreter's host: one opcode at a time from the bytes, for comparison with the SSA form."""

from __future__ import annotations

from transpiler.evm.disassemble import disassemble
from transpiler.ssa.arithmetic import EVALUATE
from transpiler.ssa.interpret import Halted, Host, Outcome, execute, outcome
from zkvm.isa.table import ENV_KINDS

GROWS = {  # opcode name: (offset, length) operand positions; a length of -n is n bytes
    "MLOAD": [(0, -32)], "MSTORE": [(0, -32)], "MSTORE8": [(0, -1)], "KECCAK256": [(0, 1)], "CALLDATACOPY": [(0, 2)],
    "CODECOPY": [(0, 2)], "RETURNDATACOPY": [(0, 2)], "EXTCODECOPY": [(1, 3)], "MCOPY": [(0, 2), (1, 2)], "RETURN": [(0, 1)],
    "REVERT": [(0, 1)], "CALL": [(3, 4), (5, 6)], "CALLCODE": [(3, 4), (5, 6)], "DELEGATECALL": [(2, 3), (4, 5)],
    "STATICCALL": [(2, 3), (4, 5)], "CREATE": [(1, 2)], "CREATE2": [(1, 2)], "LOG": [(0, 1)],
}  # fmt: skip
CALLS = {"CALL": 0, "CALLCODE": 1, "DELEGATECALL": 2, "STATICCALL": 3}


def result_of(host: Host, name: str, pc: int, args: tuple[int, ...]) -> int:
    """The effect and the result of an opcode that neither jumps nor ends the frame."""
    if name == "PC":
        return pc
    if name in EVALUATE:
        if name == "EXP":
            execute(host, "EXPGAS", 0, args[1:])
        return EVALUATE[name](*args)
    if name in ENV_KINDS:
        return execute(host, "ENV", ENV_KINDS.index(name), ())
    if name in CALLS:
        full = args if len(args) == 7 else (*args[:2], 0, *args[2:])
        return execute(host, "CALL", CALLS[name], full)
    if name in ("CREATE", "CREATE2"):
        return execute(host, "CREATE", int(name == "CREATE2"), args if len(args) == 4 else (*args, 0))
    if name.startswith("LOG"):
        return execute(host, "LOG", int(name[3:]), args)
    return execute(host, "SHA3" if name == "KECCAK256" else name, 0, args)


def resume(code: bytes, fork: str, host: Host, escaped: Outcome, max_steps: int = 1_000_000) -> Outcome:
    """Goes on where the SSA form escaped, as the generic tier does."""
    if escaped.pc >= 0:
        return run(code, fork, host, max_steps, list(escaped.stack), escaped.pc)
    target, *stack = escaped.stack
    if target not in disassemble(code, fork).jumpdests:
        return Outcome("halt")
    return run(code, fork, host, max_steps, stack, target)


def run(code: bytes, fork: str, host: Host, max_steps: int = 1_000_000, stack: list[int] | None = None, pc: int = 0) -> Outcome:
    """Runs the code as one frame, from a stack (bottom first) and a pc."""
    listing = disassemble(code, fork)
    host.fork = fork
    stack = [] if stack is None else stack
    try:
        for _ in range(max_steps):
            if pc >= len(code):
                return outcome("success", host)
            instruction = listing.instructions[listing.at[pc]]
            row, name = instruction.opcode, instruction.opcode.name
            if not row.defined or name == "INVALID" or len(stack) < row.pops or len(stack) - row.pops + row.pushes > 1024:
                raise Halted
            host.charged += row.gas
            host.gas_left()
            pc += instruction.size
            if name.startswith("PUSH"):
                stack.append(instruction.value)
                continue
            if name.startswith("DUP"):
                stack.append(stack[-row.pops])
                continue
            if name.startswith("SWAP"):
                stack[-1], stack[-row.pops] = stack[-row.pops], stack[-1]
                continue
            args = tuple(stack.pop() for _ in range(row.pops))
            for offset, length in GROWS.get("LOG" if name.startswith("LOG") else name, []):
                host.grow(args[offset], args[length] if length >= 0 else -length)
            if name in ("JUMP", "JUMPI"):
                if name == "JUMP" or args[1]:
                    if args[0] not in listing.jumpdests:
                        raise Halted
                    pc = args[0]
            elif name == "STOP":
                return outcome("success", host)
            elif name in ("RETURN", "REVERT"):
                return outcome("success" if name == "RETURN" else "revert", host, host.read(*args))
            elif name == "SELFDESTRUCT":
                host.touch("account", args[0], 2600)
                return outcome("success", host, stack=args)
            elif name not in ("POP", "JUMPDEST"):
                value = result_of(host, name, instruction.pc, args)
                stack.extend([value] * row.pushes)
    except Halted:
        return Outcome("halt")
    return Outcome("steps")
