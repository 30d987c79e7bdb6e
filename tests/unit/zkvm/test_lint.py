"""The lint of programs: each rule has a program that breaks it and nothing before it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zkvm.isa.table import BY_NAME
from zkvm.isa.text import parse
from zkvm.lint import LintError, lint
from zkvm.program import Instruction, Program

GOOD = """
.program Osaka runtime
.code 0x5b00
  REGION
  %x = GET 3
  BNZ %x, @other gas=10
  MOVE $0x1, %phi
  JMP @join
other:
  MOVE %sum, %phi
join:
  SET %phi, 4
  TOPIC %phi
  TOPIC $0x5
  LOG $0x0, $0x20, 2
loop:
  LABEL
  %y = MLOAD $0x40
  SSTORE %y, %next
  BLT %next, $0x9, @loop
  JMP @end
end:
  REGION
  STOP
.pure
  %phi = PHI
  %sum = ADD %x, $0x1
  %next = ADD %y, $0x1
.jumps
  0x0 loop
"""


def test_the_good_program_is_clean() -> None:
    lint(parse(GOOD))


def test_signed_immediates_go_up_to_their_bound() -> None:
    for immediate in (0, 1, -1, 16777215, -16777215):
        lint(parse(GOOD.replace("GET 3", f"SLD {immediate}")))


EDITS = [
    # rule, old, new
    ("entry", "  REGION\n  %x = GET 3", "  LABEL\n  %x = GET 3"),
    ("op", "  STOP", "  OP999"),
    ("kind", "  STOP\n.pure\n", "  STOP\n  %z = ADD $0x1, $0x1\n.pure\n"),
    ("kind", "  %phi = PHI\n", "  %phi = PHI\n  STOP\n"),
    ("gas", "gas=10", "gas=65536"),
    ("gas", "%sum = ADD %x, $0x1", "%sum = ADD %x, $0x1 gas=1"),
    ("unused", "  STOP", "  STOP a=1"),
    ("target", "JMP @end", "JMP #19"),
    ("target", "JMP @end", "JMP #0"),
    ("backward", "JMP @end", "JMP @join"),
    ("phi", "MOVE $0x1, %phi", "MOVE $0x1, %sum"),
    ("immediate", "GET 3", "GET 1048576"),
    ("immediate", "GET 3", "ENV 18"),
    ("immediate", "GET 3", "SLD 16777216"),
    ("immediate", "GET 3", "SLD -16777216"),
    ("immediate", "  TOPIC %phi", "  SST %phi, 2130706434\n  TOPIC %phi"),
    ("immediate", "  TOPIC %phi", "  SADJ -2130706433\n  TOPIC %phi"),
    ("immediate", "  TOPIC %phi", "  SCHK 0, 2147483647\n  TOPIC %phi"),
    ("immediate", "  TOPIC %phi", "  SCHK 16777216, 0\n  TOPIC %phi"),
    ("operand", "SET %phi, 4", "SET #999, 4"),
    ("operand", "SET %phi, 4", "SET #1, 4"),
    ("operand", "SET %phi, 4", "SET #0, 4"),
    ("order", "SET %phi, 4", "SET %y, 4"),
    ("order", "SET %phi, 4", "SET %next, 4"),
    ("order", "  %sum = ADD %x, $0x1", "  %sum = ADD %next, $0x1"),
    ("order", "MOVE %sum, %phi", "MOVE %phi, %phi"),
    ("order", "  MOVE $0x1, %phi\n  JMP @join\nother:\n  MOVE %sum, %phi\n", "  JMP @join\nother:\n  CHARGE\n"),
    ("unreached", "  JMP @end\nend:\n  REGION", "  JMP @end\n  CHARGE\nend:\n  REGION"),
    ("falls-off", "  STOP\n", "  CHARGE\n"),
    ("single-entry", "BLT %next, $0x9, @loop", "JMP @last\nmiddle:\n REGION\nlast:\n  BLT %next, $0x9, @loop"),
    ("region", "SSTORE %y, %next", "SSTORE %x, %next"),
    ("region", "  SSTORE %y, %next", "  SSTORE %y, %sum"),
    ("region", "  %next = ADD %y, $0x1", "  %next = ADD %y, %sum"),
    ("region", "SSTORE %y, %next", "SSTORE %y, %phi"),
    ("move", "  JMP @join\nother:", "  CHARGE\nother:"),
    ("move", "  MOVE $0x1, %phi\n", "  MOVE $0x1, %phi\n  BZ %x, @join\n"),
    ("move", "  MOVE $0x1, %phi\n", "  MOVE $0x1, %phi\n  MOVE $0x1, %phi\n"),
    ("move", "  JMP @end", "  MOVE $0x2, %phi\n  JMP @end"),
    ("topics", "  TOPIC $0x5\n", ""),
    ("topics", "  TOPIC $0x5\n", "  TOPIC $0x5\n  CHARGE\n"),
    ("group", "  TOPIC $0x5\n", "middle:\n  TOPIC $0x5\n"),
    ("arguments", "  SSTORE", "  ARG $0x1, 0\n  SSTORE"),
    ("arguments", "  SSTORE", "  ARG $0x1, 1\n  EXTCODECOPY $0x1, $0x1, $0x1\n  SSTORE"),
    ("arguments", "  SSTORE", "  EXTCODECOPY $0x1, $0x1, $0x1\n  SSTORE"),
    ("jump-table", "0x0 loop", "0x0 join"),
    ("jump-table", "0x0 loop", "0x5 loop"),
    ("jump-table", "0x0 loop", "0x0 loop\n  0x0 loop"),
]


@pytest.mark.parametrize(("rule", "old", "new"), EDITS)
def test_each_rule_is_checked(rule: str, old: str, new: str) -> None:
    text = GOOD.replace(old, new)
    assert text != GOOD
    if rule == "group":
        text = text.replace("BNZ %x, @other gas=10", "BNZ %x, @other\n  BNZ %x, @middle")
    with pytest.raises(LintError) as caught:
        lint(parse(text))
    assert caught.value.rule == rule


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("fork", {"fork": "Nowhere"}),
        ("code-hash", {"code_hash": bytes(32)}),
        ("constants", {"constants": (9, 5, 3, 2, 1, 0)}),
        ("constants", {"constants": (1, 1)}),
        ("constants", {"constants": (1 << 256,)}),
        ("size", {"constants": tuple(range(1 << 22))}),
        ("size", {"code": bytes((1 << 20) + 1)}),
        ("size", {"chained": 0}),
        ("size", {"chained": 99}),
    ],
)
def test_the_header_is_checked(rule: str, change: dict[str, object]) -> None:
    program = replace(parse(GOOD), **change)  # type: ignore[arg-type]
    with pytest.raises(LintError) as caught:
        lint(program)
    assert caught.value.rule == rule
    assert caught.value.identifier == 0


def test_large_regions_are_refused() -> None:
    region, charge, stop = (Instruction(BY_NAME[name].code) for name in ("REGION", "CHARGE", "STOP"))
    good = parse(GOOD)

    def program(size: int) -> Program:
        return replace(good, instructions=(region, *[charge] * (size - 2), stop), chained=size, constants=(), jump_table=())

    lint(program(1 << 12))
    with pytest.raises(LintError) as caught:
        lint(program((1 << 12) + 1))
    assert caught.value.rule == "region-size"
