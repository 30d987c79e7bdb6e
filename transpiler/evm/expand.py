"""What an opcode becomes: instructions of the ISA in order, each with its operands, growth of memory before what accesses it.

Both tiers lower from here. The column `instructions` of the EVM table says which instructions; the ISA table says the rest: what memory they
touch, which arguments a kind of call has not (the constant 0 stands for them), how rows bring them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from zkvm.isa.table import BY_NAME, ENV_EFFECTS, ENV_KINDS, Row


class Literal(NamedTuple):
    """An operand that is a number, not a word of the stack."""

    word: int


Operand = int | Literal
"""The word that the opcode pops as number so and so, or a literal."""


class Step(NamedTuple):
    """One instruction, with all its arguments (ISA table)."""

    op: str
    imm: int
    args: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Expansion:
    """What an opcode becomes.

    Shape: `steps` in order, the last gives the result; none for stack operations and for jumps, which the tiers lower themselves. `names` are
    the instructions that can stand for it, extra rows included. `effects`: letters of the ISA's `EFFECTS`. `ends_block`: control does not just go on.
    """

    steps: tuple[Step, ...]
    names: tuple[str, ...]
    effects: str
    ends_block: bool

    @property
    def only(self) -> Step | None:
        """The one step, if there is just one."""
        return self.steps[0] if len(self.steps) == 1 else None


_NOTHING: Final = Expansion((), (), "", ends_block=False)
WORDLESS: Final = "-"
"""The column's text for an opcode that becomes no instruction."""


def expand(instructions: str, pops: int) -> Expansion:
    """The expansion that a text of the column `instructions` stands for; the opcode pops so many words."""
    if instructions == WORDLESS:
        return _NOTHING
    choices = instructions.split("|")
    if len(choices) > 1:
        ends = BY_NAME[choices[0]].kind == "branch"
        return Expansion((), tuple(choices), "", ends)
    steps: list[Step] = []
    names: dict[str, None] = {}
    effects: dict[str, None] = {}
    row = BY_NAME["HALT"]
    for text in instructions.split("+"):
        step = _step(text, pops)
        row = BY_NAME[step.op]
        before = _growth(row, step)
        steps += [*before, step]
        names |= dict.fromkeys([step.op, *(each.op for each in before), *([row.extra] if row.extra else [])])
        effects |= dict.fromkeys(ENV_EFFECTS.get(step.imm, "e") if row.name == "ENV" else row.effects_under(step.imm))
        effects |= dict.fromkeys("x" if before else "")
    return Expansion(tuple(steps), tuple(names), "".join(effects), row.kind == "end")


def _step(text: str, pops: int) -> Step:
    """`NAME`, `NAME.c` or `NAME(i)`."""
    name, _, place = text.partition("(")
    name, _, kind = name.partition(".")
    row = BY_NAME[name]
    imm = ENV_KINDS.index(kind) if name == "ENV" else int(kind or "0")
    if place:
        return Step(name, imm, (int(place[:-1]),))
    absent = row.absent(imm)
    count = row.arguments(imm)
    assert count - len(absent) == pops, text  # the table is wrong otherwise
    popped = iter(range(pops))
    return Step(name, imm, tuple(Literal(0) if place in absent else next(popped) for place in range(count)))


def _growth(row: Row, step: Step) -> list[Step]:
    """Memory grows to each range that the instruction touches."""
    return [
        Step("MGROW", 0, (step.args[each.offset], Literal(each.size_bytes) if each.length is None else step.args[each.length]))
        for each in row.memory
    ]
