"""Drafts: identifiers, the pool, gas that does not fit its field."""

from __future__ import annotations

from transpiler.lower.draft import CODES, GAS_FIELD_MAX, Draft
from zkvm.isa.table import BY_CODE
from zkvm.lint import lint
from zkvm.program import build_program


def names(draft: Draft) -> list[str]:
    return [BY_CODE[row.op].name for row in draft.finish().instructions]


def test_pure_rows_that_nothing_reads_are_left_out() -> None:
    draft = Draft()
    draft.add("REGION")
    one = draft.add_pure("ADD", 0, draft.word(1), draft.word(2))
    draft.add_pure("MUL", 0, one, draft.word(9))
    two = draft.add_pure("SUB", 0, one, draft.word(2))
    draft.add("RETURN", two, draft.word(0))
    finished = draft.finish()
    assert [BY_CODE[row.op].name for row in finished.instructions] == ["REGION", "RETURN", "ADD", "SUB"]
    assert finished.constants == (0, 1, 2)
    assert finished.instructions[3].a == 3
    assert finished.instructions[1].a == 4


def test_gas_in_front_of_a_log_stands_before_its_topics() -> None:
    draft = Draft()
    draft.add("REGION")
    draft.add("TOPIC", draft.word(5))
    draft.add("LOG", draft.word(0), draft.word(0), 1, GAS_FIELD_MAX + 7)
    draft.add("STOP")
    finished = draft.finish()
    assert [(BY_CODE[row.op].name, row.gas) for row in finished.instructions] == [
        ("REGION", 0), ("CHARGE", GAS_FIELD_MAX), ("TOPIC", 0), ("LOG", 7), ("STOP", 0),
    ]  # fmt: skip


def test_a_jump_goes_to_the_charges_of_its_target() -> None:
    draft = Draft()
    draft.add("REGION")
    jump = draft.add("BNZ", draft.word(1))
    draft.add("STOP")
    jump.c = draft.add("STOP", gas=3 * GAS_FIELD_MAX)
    finished = draft.finish()
    assert finished.instructions[1].c == 4
    assert sum(row.gas for row in finished.instructions) == 3 * GAS_FIELD_MAX
    lint(build_program("Osaka", "runtime", b"", finished.instructions, finished.chained, finished.constants))


def test_labels_are_constants() -> None:
    draft = Draft()
    draft.add("REGION")
    label = draft.label(draft.add("LABEL"))
    draft.add("JMPR", label)
    assert draft.finish().constants == (2,)
    assert draft.label(draft.chained[1]) is label
    assert names(draft) == ["REGION", "LABEL", "JMPR"]


def test_every_operation_of_the_table_can_be_added() -> None:
    assert all(BY_CODE[code].name == name for name, code in CODES.items())
