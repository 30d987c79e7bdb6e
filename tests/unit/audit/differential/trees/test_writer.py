"""Labels, pushes, data and spans."""

from __future__ import annotations

import pytest

from audit.differential.trees.writer import Writer


def test_labels_and_data_are_places() -> None:
    writer = Writer("Osaka")
    writer.push_label("end")
    writer.op("JUMP")
    writer.label("end")
    writer.push_data(b"\xaa\xbb")
    code = writer.code()
    assert code.data == bytes.fromhex("610004565b610009feaabb")
    assert code.data[9:] == b"\xaa\xbb"


@pytest.mark.parametrize(("fork", "expected"), [("Paris", "600060ff610100"), ("Shanghai", "5f60ff610100")])
def test_pushes_are_as_short_as_the_rule_set_admits(fork: str, expected: str) -> None:
    writer = Writer(fork)
    writer.op("0 255 0x100")
    assert writer.code().data == bytes.fromhex(expected + "fe")


def test_a_span_is_what_was_written_since() -> None:
    writer = Writer("Osaka")
    writer.op("STOP")
    start = writer.here
    writer.op("1 POP")
    writer.span(start)
    assert writer.code().spans == ((1, 4),)
