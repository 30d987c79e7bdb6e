"""`sol2zk check` and `sol2zk replay` as other programs drive them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from audit.cli import run
from transpiler.evm.assemble import assemble
from zkvm import proof

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")

COUNTER = "0x6000546001018060005560005260206000f3"


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    file = tmp_path / "counter.hex"
    file.write_text(COUNTER)
    return file


def output(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_code_without_source_is_checked(counter: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(counter), "--sequences", "20", "--json"]) == 0
    document = output(capsys)
    assert document["sequences"] == 20
    assert document["calls"] >= 20
    assert document["mismatches"] == []
    assert document["complete"] is True
    runtime = document["coverage"][0]
    assert (runtime["blocks"], runtime["blocks_reached"], runtime["outside"]) == (1, 1, [])


def test_the_same_seed_gives_the_same_run(counter: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents = []
    for seed in ("5", "5", "6"):
        assert run(["check", str(counter), "--sequences", "10", "--seed", seed, "--json"]) == 0
        documents.append({**output(capsys), "seconds": None, "seed": None})
    assert documents[0] == documents[1]
    assert documents[0] != documents[2]


def test_a_call_file_is_checked_alone(counter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls = tmp_path / "calls.json"
    calls.write_text(json.dumps({"fork": "Cancun", "calls": [{"data": "0x"}, {"data": "0x", "gas": "0x64"}]}))
    assert run(["check", str(counter), "--calls", str(calls), "--json"]) == 0
    document = output(capsys)
    assert (document["sequences"], document["calls"], document["fork"]) == (1, 2, "Cancun")


def test_something_unsupported_is_not_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Memory that gas pays for and no machine has is the last thing that an executor does not do (ISA 8.4)."""
    (tmp_path / "stores.hex").write_text("0x5f63800000005200")
    (tmp_path / "calls.json").write_text(json.dumps({"calls": [{}, {"gas": "0x7fffffffffffffff"}]}))
    assert run(["check", str(tmp_path / "stores.hex"), "--calls", str(tmp_path / "calls.json"), "--json"]) == 4
    document = output(capsys)
    assert [each["code"] for each in document["unsupported"]] == ["memory-limit"]
    assert (document["calls"], document["complete"]) == (1, False)


def test_a_function_that_never_succeeded_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Selectors stand for functions where there is no ABI: one succeeds, one needs a word that nobody finds."""
    file = tmp_path / "code.hex"
    hard = "0 MSTORE 32 0 KECCAK256 2 LT @done JUMPI 0 0 REVERT"
    text = f"0 CALLDATALOAD 0xe0 SHR DUP1 0x11111111 EQ @done JUMPI 0x22222222 EQ @hard JUMPI STOP done: STOP hard: 4 CALLDATALOAD {hard}"
    file.write_text("0x" + assemble(text.replace("2 LT", "2 GT")).hex())
    assert run(["check", str(file), "--sequences", "20", "--json"]) == 4
    document = output(capsys)
    assert (document["complete"], document["scope"], document["unsupported"]) == (False, "interface", [])
    functions = {each["name"]: each for each in document["functions"]}
    assert (functions["0x11111111"]["status"], functions["0x11111111"]["missing"]) == ("succeeded", False)
    hard_one = functions["0x22222222"]
    assert (hard_one["successes"], hard_one["missing"]) == (0, True)
    assert hard_one["calls"] == sum(document["outcomes"]["0x22222222"].values()) > 0
    assert run(["check", str(file), "--sequences", "20"]) == 4
    told = capsys.readouterr()
    assert "1 of 2 functions succeeded in a compared call" in told.out
    assert "left out: 0x22222222: no compared call of it succeeded" in told.err
    (tmp_path / "calls.json").write_text(json.dumps({"calls": [{"data": "0x22222222"}]}))
    assert run(["check", str(file), "--calls", str(tmp_path / "calls.json"), "--json"]) == 0
    assert output(capsys)["scope"] == "given calls"


def test_text_output_names_the_numbers(counter: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(counter), "--sequences", "3"]) == 0
    assert "3 sequences" in capsys.readouterr().out


def test_faults_are_found_written_and_replayed(contracts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    token = contracts / "tokens" / "Token.sol"
    assert (
        run(["check", str(token), "--offline", "--self-test", "--sequences", "120", "-o", str(tmp_path / "vectors"), "--json"])
        == 0
    )
    document = output(capsys)
    assert document["found"] == document["faults"] >= 10
    vector = tmp_path / "vectors" / "Token-mapping-key-swapped.json"
    assert str(vector) in document["vectors"]
    assert run(["replay", str(vector), "--json"]) == 1
    assert output(capsys)["reproduced"] is True
    honest = json.loads(vector.read_text())
    honest["fault"] = None
    vector.write_text(json.dumps(honest))
    assert run(["replay", str(vector)]) == 0
    assert "not reproduced" in capsys.readouterr().out
    # whatever is broken in it, it is refused and no bug of ours
    for path in members(honest):
        for value in ODD:
            broken = changed(honest, path, value)
            vector.write_text(json.dumps(broken))
            status = run(["replay", str(vector)])
            told = capsys.readouterr().err
            harmless = path[0] != "request" or (not value and path[-1] in ("state", "storage", "block_hashes", "blob_hashes"))
            assert status == 2 or (status == 0 and harmless), (path, value, told)


def members(document: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths of all members, of each list the first entry's."""
    if isinstance(document, dict):
        found = [each for name, value in document.items() for each in members(value, (*path, name))]
    elif isinstance(document, list):
        found = members(document[0], (*path, 0)) if document else []
    else:
        found = []
    return [path, *found] if path else found


def changed(document: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """The document with another member."""
    copy = json.loads(json.dumps(document))
    inner = copy
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return copy


ODD: Final[tuple[Any, ...]] = (None, 5, "x", [], {})
NO_VECTORS = (
    "",
    "{}",
    "[]",
    '{"format": "sol2zk-mismatch/1"}',
    '{"format": "sol2zk-mismatch/1", "contract": "a", "fault": {"name": "x"}, "expected": {}, "request": {"calls": []}}',
)


@pytest.mark.parametrize("text", NO_VECTORS)
def test_what_is_no_vector_is_refused(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "vector.json"
    file.write_text(text)
    assert run(["replay", str(file)]) == 2
    assert "error[" in capsys.readouterr().err


def test_bad_input_has_its_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(tmp_path / "none.sol")]) == 2
    broken = tmp_path / "broken.sol"
    broken.write_text("pragma solidity ^0.8.20; contract A { function f( }")
    assert run(["check", str(broken), "--offline"]) == 3
    assert run(["replay", str(tmp_path / "none.json")]) == 2
    assert run(["check"]) == 2
    capsys.readouterr()


LOOP: Final = "0x5b5f56"


@pytest.mark.parametrize(
    ("calls", "options", "compared", "timed_out"),
    [
        ([{"gas": "0x64"}, {"gas": "0x7fffffffffffffff"}], [], 1, False),
        ([{"gas": "0x7fffffffffffffff"}], [], 0, False),
        ([{"gas": "0x3fffffff"}], ["--timeout", "0.2"], 0, True),
    ],
)
def test_endless_calls_end(
    tmp_path: Path, calls: list[Any], options: list[str], compared: int, timed_out: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "loop.hex").write_text(LOOP)
    (tmp_path / "calls.json").write_text(json.dumps({"calls": calls}))
    words = ["check", str(tmp_path / "loop.hex"), "--calls", str(tmp_path / "calls.json")]
    assert run([*words, *options, "--json"]) == 4
    document = output(capsys)
    assert (document["calls"], document["timed_out"]) == (compared, timed_out)
    assert [each["code"] for each in document["unsupported"]] == ([] if timed_out else ["step-limit"])
    if not timed_out:
        assert run(["prove", str(tmp_path / "loop.hex"), "--calls", str(tmp_path / "calls.json")]) == 4
        assert "step-limit" in capsys.readouterr().err


def test_memory_that_gas_pays_for_and_nobody_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "far.hex").write_text("0x63ffffffff6001f3")
    (tmp_path / "calls.json").write_text(json.dumps({"calls": [{"gas": "0x400000000000"}]}))
    words = [str(tmp_path / "far.hex"), "--calls", str(tmp_path / "calls.json")]
    assert run(["check", *words, "--json"]) == 4
    assert [each["code"] for each in output(capsys)["unsupported"]] == ["memory-limit"]
    assert run(["prove", *words]) == 4
    assert "less gas" in capsys.readouterr().err


def test_code_that_is_never_created_is_not_called_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "reverts.hex"
    file.write_text("0x5f5ffd")
    assert run(["check", str(file), "--creation", "--sequences", "5", "--json"]) == 4
    assert output(capsys)["unsupported"][0]["code"] == "never-created"


def test_refused_transactions_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "stop.hex").write_text("0x00")
    transaction = {"nonce": "0x5", "gas_limit": "0x100000", "gas_price": "0x5000000000"}
    (tmp_path / "calls.json").write_text(json.dumps({"calls": [{"transaction": transaction}]}))
    assert run(["check", str(tmp_path / "stop.hex"), "--calls", str(tmp_path / "calls.json")]) == 4
    told = capsys.readouterr().err
    assert "1 transactions were refused by the rule set" in told
    assert "never-called" in told, "no code of the contract ran"
