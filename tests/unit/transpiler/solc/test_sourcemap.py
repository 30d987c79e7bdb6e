"""Source maps, on the documented example and on real code."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpiler.solc.artifact import Source
from transpiler.solc.load import load
from transpiler.solc.sourcemap import LineIndex, Location, by_pc, decompress, describe, instruction_starts, source_triples


def test_documented_example() -> None:
    assert decompress("1:2:1;:9;2:1:2;;") == (
        Location(1, 1, 2, "-"),
        Location(1, 1, 9, "-"),
        Location(2, 2, 1, "-"),
        Location(2, 2, 1, "-"),
        Location(2, 2, 1, "-"),
    )
    assert decompress("") == ()


def test_push_data_is_skipped() -> None:
    assert instruction_starts(bytes.fromhex("60016102037f")) == (0, 2, 5)
    assert by_pc(bytes.fromhex("6001610203"), "0:1:0;5:2:0") == {0: Location(0, 0, 1, "-"), 2: Location(0, 5, 2, "-")}


def test_malformed_maps_are_empty() -> None:
    assert by_pc(b"\x00", "x:y:z") == {}
    assert source_triples(b"\x00\x00", "0:1:-1;0:1:0") == {1: (0, 0, 1)}


def test_lines() -> None:
    index = LineIndex("a\nébc\r\nd")
    assert tuple(index.position(0)) == (1, 1)
    assert tuple(index.position(4)) == (2, 3)
    assert index.text(2) == "ébc"
    assert index.text(3) == "d"


def test_a_revert_of_the_token_is_at_its_line(contracts: Path) -> None:
    artifact = load(contracts / "basic" / "Counter.sol")
    code = artifact.contract().runtime
    assert code is not None
    text = (contracts / "basic" / "Counter.sol").read_text()
    wanted = text[: text.index("revert StepTooLarge")].count("\n") + 1
    places = {describe(each, artifact.sources) for pc, each in by_pc(code.code, code.source_map).items() if code.code[pc] == 0xFD}
    assert any(place is not None and place.startswith(f"contracts/basic/Counter.sol:{wanted}:") for place in places)


@pytest.mark.parametrize(
    ("location", "expected"),
    [(Location(-1, 0, 0, "-"), None), (Location(0, 2, 1, "-"), "a.sol:2:1"), (Location(1, 0, 0, "-"), "b.sol")],
)
def test_describe(location: Location, expected: str | None) -> None:
    assert describe(location, [Source("a.sol", "x\ny"), Source("b.sol", None)]) == expected
