"""Nothing from outside reaches the terminal raw."""

from __future__ import annotations

import pytest

from audit.cli.terminal import clean, print_table


def test_control_and_direction_characters_are_replaced() -> None:
    assert clean("a\x1b[31mb\u202ec\x00d\x9b") == "a\ufffd[31mb\ufffdc\ufffdd\ufffd"
    assert clean("line\n\ttab é 💰") == "line\n\ttab é 💰"


def test_tables_are_tab_separated_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(["a", "b"], [["1", "x\ty\n"]])
    assert capsys.readouterr().out == "a\tb\n1\tx y \n"
