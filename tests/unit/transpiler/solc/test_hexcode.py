"""Hexadecimal code, and everything that is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transpiler.errors import InputError, Place
from transpiler.solc.hexcode import MAX_CODE_BYTES, decode_hex, decode_object


@given(st.binary(min_size=1, max_size=64), st.sampled_from(["", "0x", "0X"]), st.sampled_from(["", " ", "\n", "\r\n", "\t"]))
def test_round_trip(data: bytes, prefix: str, space: str) -> None:
    assert decode_hex(space + prefix + space.join(data.hex()) + space, "f") == data


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("0x60zz", "not-hex", 1, 5),
        ("60\n 6g", "not-hex", 2, 3),
        ("0x600", "hex-odd", 1, 5),
        ("0x60 0x60", "not-hex", 1, 7),
        ("", "code-empty", None, None),
        ("0x", "code-empty", None, None),
        (" \n", "code-empty", None, None),
    ],
)
def test_wrong(text: str, code: str, line: int | None, column: int | None) -> None:
    with pytest.raises(InputError) as caught:
        decode_hex(text, "f.hex")
    assert caught.value.code == code
    assert caught.value.place is not None
    assert (caught.value.place.line, caught.value.place.column) == (line, column)


def test_size() -> None:
    assert len(decode_hex("00" * MAX_CODE_BYTES, "f")) == MAX_CODE_BYTES
    with pytest.raises(InputError, match="1 MiB"):
        decode_hex("00" * (MAX_CODE_BYTES + 1), "f")


def test_a_long_line_is_cut_around_its_fault() -> None:
    with pytest.raises(InputError) as caught:
        decode_hex("00" * 5000 + "!" + "00" * 5000, "f")
    place = caught.value.place
    assert place is not None
    assert place.text is not None
    assert len(place.text) < 200
    assert place.column is not None
    assert place.text[place.column - 1] == "!"
    assert "column 10001" in place.what


def test_placeholders_of_libraries() -> None:
    new = "73" + "__$" + "ab" * 17 + "$__" + "3b"
    old = "73" + "__contracts/L.sol:L".ljust(40, "_") + "3b"
    for text in (new, old):
        code, found = decode_object("0x" + text, Place("f"))
        assert code == b"\x73" + bytes(20) + b"\x3b"
        assert [(each.start, each.length, each.kind) for each in found] == [(1, 20, "library")]
