"""The runner of test vectors: it passes what is right and nothing else."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from audit.statetest.files import load, load_file
from audit.statetest.logs import logs_hash
from audit.statetest.runner import run, run_all
from audit.statetest.sample import spread
from audit.statetest.vectors import Unread
from zkvm.errors import InputError
from zkvm.rlp import encode

NO_LOGS = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"
ADDRESS = "0x0f572e5295c57f15886f9b263e2f6d2d6c7b5ec6"
CALLER = "0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b"
# calldata word to slot 0; LOG0 of nothing; returns the call value
CODE = "0x60003560005560006000a03460005260206000f3"


def account(storage: dict[str, str]) -> dict[str, Any]:
    return {"balance": "0x64", "code": CODE, "nonce": "0x00", "storage": storage}


def vector() -> dict[str, Any]:
    logs = "0x" + logs_hash([(bytes.fromhex(ADDRESS[2:]), [], b"")]).hex()
    return {
        "env": {
            "currentCoinbase": ADDRESS,
            "currentDifficulty": "0x01",
            "currentGasLimit": "0x01",
            "currentNumber": "0x05",
            "currentTimestamp": "0x01",
        },
        "exec": {
            "address": ADDRESS,
            "caller": CALLER,
            "code": CODE,
            "data": f"0x{9:064x}",
            "gas": "0x0186a0",
            "gasPrice": "0x01",
            "origin": CALLER,
            "value": "0x0b",
        },
        "pre": {ADDRESS: account({"0x01": "0x02"})},
        "post": {ADDRESS: account({"0x00": "0x09", "0x01": "0x02"})},
        # 7 PUSH1, CALLDATALOAD, SSTORE, LOG0, CALLVALUE, MSTORE, one word of memory
        "gas": hex(100_000 - 7 * 3 - 3 - 20_000 - 375 - 2 - 3 - 3),
        "logs": logs,
        "out": f"0x{11:064x}",
    }


def outcome(tmp_path: Path, test: dict[str, Any]) -> str | None:
    path = tmp_path / "test.json"
    path.write_text(json.dumps({"one": test}))
    row = run(load_file(path)[0], "python")
    assert row.passed == (row.error is None)
    return row.error


def test_a_right_test_passes(tmp_path: Path) -> None:
    assert outcome(tmp_path, vector()) is None


@pytest.mark.parametrize(
    ("path", "value", "word"),
    [
        ("gas", "0x1", "gas left"),
        ("out", "0x", "output"),
        ("logs", NO_LOGS, "logs hash"),
        ("post/" + ADDRESS + "/balance", "0x63", "account"),
        ("post/" + ADDRESS + "/storage", {"0x00": "0x09"}, "account"),
        ("post/" + CALLER, account({}), "account"),
        ("exec/gas", "0x10", "must succeed"),
        ("post", None, "must fail"),
    ],
)
def test_a_bent_test_does_not(tmp_path: Path, path: str, value: Any, word: str) -> None:
    test = copy.deepcopy(vector())
    *parents, last = path.split("/")
    entry = test
    for name in parents:
        entry = entry[name]
    if value is None:
        del entry[last]
    else:
        entry[last] = value
    error = outcome(tmp_path, test)
    assert error is not None
    assert word in error


def test_a_test_that_must_fail(tmp_path: Path) -> None:
    test = vector()
    for key in ("post", "gas", "logs", "out"):
        del test[key]
    test["exec"]["gas"] = "0x10"
    assert outcome(tmp_path, test) is None


def test_rows_keep_their_order_in_parallel(tmp_path: Path) -> None:
    path = tmp_path / "test.json"
    path.write_text(json.dumps({f"t{index:02}": vector() for index in range(9)}))
    rows = list(run_all(load_file(path), "python", jobs=2))
    assert [row.name for row in rows] == [f"t{index:02}" for index in range(9)]
    keys = {"file", "name", "indexes", "fork", "pass", "error", "proven", "cells", "seconds"}
    assert all(row.passed and set(row.as_json()) == keys for row in rows)


def test_bad_files_are_typed(tmp_path: Path) -> None:
    path = tmp_path / "test.json"
    for text in ("", "[", "[]", '{"a": 5}', '{"a": {"exec": {}}}', json.dumps({"a": {**vector(), "pre": []}})):
        path.write_text(text)
        with pytest.raises(InputError):
            load_file(path)
    with pytest.raises(InputError):
        load_file(tmp_path / "none.json")
    (tmp_path / "empty").mkdir()
    (nothing,) = load(tmp_path / "empty")
    assert isinstance(nothing, Unread)
    assert str(nothing.error).endswith("[no-tests]")


def test_a_sample_takes_of_each_folder_in_turn(tmp_path: Path) -> None:
    for folder, count in (("a", 5), ("b", 2), ("c", 1)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "tests.json").write_text(json.dumps({f"{folder}{index}": vector() for index in range(count)}))
    read = [each for found in load(tmp_path) if not isinstance(found, Unread) for each in found]
    for count, folders in ((3, "abc"), (5, "aabbc"), (6, "aaabbc"), (8, "aaaaabbc"), (99, "aaaaabbc")):
        assert "".join(each.name[0] for each in spread(read, count, 1)) == folders
    names = {tuple(each.name for each in spread(read, 3, seed)) for seed in range(20)}
    assert len(names) > 1
    assert spread(read, 4, 7) == spread(read, 4, 7)


def test_rlp() -> None:
    assert encode(b"dog") == b"\x83dog"
    assert encode([b"cat", b"dog"]) == b"\xc8\x83cat\x83dog"
    assert encode(b"") == b"\x80"
    assert encode(b"\x0f") == b"\x0f"
    assert encode([[], [[]], [[], [[]]]]) == bytes.fromhex("c7c0c1c0c3c0c1c0")
    assert encode(b"a" * 56) == b"\xb8\x38" + b"a" * 56
    assert logs_hash([]).hex() == NO_LOGS[2:]
