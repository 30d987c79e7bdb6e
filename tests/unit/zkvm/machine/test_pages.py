"""Sparse memory against a plain byte array."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zkvm.machine.pages import Pages

EDGE = 1 << 16


@given(st.lists(st.tuples(st.integers(-40, 40), st.binary(max_size=80)), max_size=6), st.integers(-60, 60), st.integers(0, 200))
def test_as_a_byte_array(writes: list[tuple[int, bytes]], offset: int, size: int) -> None:
    pages, plain = Pages(), bytearray(2 * EDGE)
    for at, data in writes:
        pages.write(EDGE + at, data)
        plain[EDGE + at : EDGE + at + len(data)] = data
    assert pages.read(EDGE + offset, size) == plain[EDGE + offset : EDGE + offset + size]


def test_far_offsets_cost_nothing() -> None:
    pages = Pages()
    pages.write(1 << 60, b"x")
    assert pages.read((1 << 60) - 1, 3) == b"\0x\0"
