"""`sol2zk transpile` as other programs drive it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from audit.cli import run
from zkvm.program_file import read_file
from zkvm.word import keccak256

FIELDS = {
    "file",
    "name",
    "kind",
    "template",
    "code_hash",
    "code_bytes",
    "blocks",
    "instructions",
    "unresolved_jumps",
    "escapes",
    "unsupported",
    "seconds",
    "error",
}
COUNTER = "6000546001018060005560005260206000f3"


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    file = tmp_path / "counter.hex"
    file.write_text(f"0x{COUNTER}\n")
    return file


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["contracts"]
    return found


def test_hex(counter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["transpile", str(counter), "-o", str(tmp_path / "out"), "--json"]) == 0
    (row,) = rows(capsys)
    assert set(row) >= FIELDS
    assert row["code_hash"] == "0x" + keccak256(bytes.fromhex(COUNTER)).hex()
    assert (row["kind"], row["template"], row["code_bytes"], row["unresolved_jumps"], row["escapes"]) == (
        "runtime",
        False,
        18,
        0,
        0,
    )
    assert (row["unsupported"], row["error"]) == ([], None)
    file = read_file(row["program"])
    assert "0x" + file.program.digest.hex() == row["program_digest"]
    assert file.program.code == bytes.fromhex(COUNTER)


def test_token_has_a_row_a_code_object(contracts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["transpile", str(contracts / "tokens" / "Token.sol"), "--json"]) == 0
    found = rows(capsys)
    assert [(row["name"], row["kind"], row["template"]) for row in found] == [
        ("Token", "creation", False),
        ("Token", "runtime", True),
    ]
    assert all(row["escapes"] == 0 and row["unresolved_jumps"] == 0 and row["error"] is None for row in found)


def test_a_failing_input_keeps_its_row_and_the_others_go_on(
    counter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.sol").write_text("contract A { function f( }")
    assert run(["transpile", str(tmp_path / "bad.sol"), str(tmp_path / "nosuch.sol"), str(counter), "--json"]) == 3
    bad, missing, good = rows(capsys)
    assert bad["error"]["code"] == "does-not-compile"
    assert missing["error"]["code"] == "no-such-file"
    assert good["error"] is None


def test_unlinked_library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "A.sol"
    file.write_text("library L { function f() external {} } contract A { function g() public { L.f(); } }")
    assert run(["transpile", str(file), "--contract", "A", "--json"]) == 2
    assert {row["error"]["code"] for row in rows(capsys)} == {"libraries-not-linked"}
    assert run(["transpile", str(file), "--contract", "A", "--libraries", "L=0x" + "11" * 20, "--json"]) == 0
    assert all(row["error"] is None and not row["template"] for row in rows(capsys))


def test_emit_cfg(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "branch.hex"
    file.write_text("600035600757005b00")  # PUSH1 0 CALLDATALOAD PUSH1 7 JUMPI STOP JUMPDEST STOP
    assert run(["transpile", str(file), "--emit", "cfg", "--json"]) == 0
    (row,) = rows(capsys)
    assert row["name"] == "branch"
    assert row["blocks"] == [{"pc": 0, "end": 6}, {"pc": 6, "end": 7}, {"pc": 7, "end": 9}]
    assert row["edges"] == [[0, 6], [0, 7]]
    assert run(["transpile", str(file), "--emit", "cfg"]) == 0
    assert "0x0006, 0x7" in capsys.readouterr().out.replace("0x6,", "0x0006,")


def test_emit_stages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "branch.hex"
    file.write_text("600035600757005b00")
    assert run(["transpile", str(file), "--emit", "simplify", "--json"]) == 0
    (row,) = rows(capsys)
    assert len({stage["number"] for stage in row["stages"]}) == len(row["stages"]) > 1
    assert all(stage["text"].startswith("function Osaka runtime b0") for stage in row["stages"])
    assert run(["transpile", str(file), "--emit", "listing", "--json"]) == 0
    (row,) = rows(capsys)
    assert row["stages"][0]["instructions"][0] == {"pc": 0, "name": "PUSH1", "value": "0x0", "gas": 3}
    for stage, text in (
        ("listing", "JUMPI"),
        ("ssa", "CALLDATALOAD"),
        ("passes", "-unroll"),
        ("regions", "region b0"),
        ("program", "BNZ %2"),
    ):
        assert run(["transpile", str(file), "--emit", stage]) == 0
        assert text in capsys.readouterr().out, stage
    assert run(["transpile", str(file), "--emit", "nosuch"]) == 2
    assert "S2Z-STAGE" in capsys.readouterr().err


def test_emit_dir(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, folder = tmp_path / "branch.hex", tmp_path / "stages"
    file.write_text("600035600757005b00")
    (folder / "branch.runtime").mkdir(parents=True)
    (folder / "branch.runtime" / "99-old.txt").write_text("of a longer list of passes")
    assert run(["transpile", str(file), "--emit-dir", str(folder), "-o", str(tmp_path), "--json"]) == 0
    assert rows(capsys)[0]["program_digest"]
    assert (tmp_path / "branch.runtime.szk").is_file()
    assert (folder / "branch.runtime" / "01-cfg.dot").read_text().startswith("// 3 nodes, 2 edges, 0 loops\ndigraph cfg {\n")
    names = sorted(each.name for each in (folder / "branch.runtime").glob("*.txt"))
    assert names[:4] == ["00-listing.txt", "01-cfg.txt", "02-ssa.txt", "03-fold.txt"]
    assert [name[3:] for name in names[-2:]] == ["regions.txt", "program.txt"]
    assert [int(name[:2]) for name in names] == list(range(len(names)))
    before = {name: (folder / "branch.runtime" / name).read_text() for name in names}
    assert run(["transpile", str(file), "--emit-dir", str(folder), "--json"]) == 0
    assert before == {name: (folder / "branch.runtime" / name).read_text() for name in names}


def test_strict(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise KeyError("as if")

    monkeypatch.setattr("transpiler.translate.lower", broken)
    monkeypatch.setattr("transpiler.translate._strict", False)
    file = tmp_path / "stop.hex"
    file.write_text("00")
    assert run(["transpile", str(file)]) == 0
    assert "runs in the generic tier" in capsys.readouterr().err
    assert run(["transpile", str(file), "--strict"]) == 70
    assert "S2Z-TRANSLATE" in capsys.readouterr().err


def test_functions_with_several_callers_return_to_each(contracts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["transpile", str(contracts / "basic" / "Ledger.sol"), "--emit", "cfg", "--json"]) == 0
    for row in rows(capsys):
        starts = {block["pc"] for block in row["blocks"]}
        assert {pc for edge in row["edges"] for pc in edge} <= starts
        assert row["unresolved"] == []


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("syntax.sol", "contract A { function f( }", {3}),
        ("pragma.sol", "pragma solidity 0.3.77; contract A {}", {2, 3}),
        ("broken.json", '{"language": "Soli', {2}),
        ("odd.hex", "0x60zz", {2}),
        ("half.hex", "0x600", {2}),
        ("huge.hex", "5" * 4194304, {2}),
        ("empty.hex", "", {2}),
        ("empty.sol", "", {2, 3}),
        ("nosuch.sol", None, {2}),
    ],
)
def test_bad_input(tmp_path: Path, name: str, content: str | None, status: set[int], capsys: pytest.CaptureFixture[str]) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    assert run(["transpile", str(tmp_path / name)]) in status
    told = capsys.readouterr().err
    assert "rror[" in told
    assert name in told
    assert "Traceback" not in told


def test_each_input_that_fails_is_told(counter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "odd.hex").write_text("0x600")
    assert run(["transpile", str(tmp_path / "odd.hex"), str(counter), str(tmp_path / "none.sol")]) == 2
    told = capsys.readouterr()
    assert "error[hex-odd]" in told.err
    assert "error[no-such-file]" in told.err
    assert counter.stem in told.out


def test_equal_names_have_program_files_of_their_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = []
    for folder, code in (("a", "0x00"), ("b", "0x5f"), ("c", "0x5f5f")):
        (tmp_path / folder).mkdir()
        files.append(tmp_path / folder / "same.hex")
        files[-1].write_text(code)
    assert run(["transpile", *map(str, files), "-o", str(tmp_path / "out"), "--json"]) == 0
    written = [Path(row["program"]) for row in rows(capsys)]
    assert [each.name for each in written] == ["same.runtime.szk", "same-2.runtime.szk", "same-3.runtime.szk"]
    assert [read_file(each).program.code.hex() for each in written] == ["00", "5f", "5f5f"]


def test_output_that_cannot_be_written(counter: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("a file")
    assert run(["transpile", str(counter), "-o", str(tmp_path / "out")]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_full_disk_leaves_nothing(contracts: Path, tmp_path: Path, root: Path) -> None:
    token = contracts / "tokens" / "Token.sol"
    command = f'ulimit -f 8; exec "{sys.executable}" -m audit.cli transpile "{token}" -o out'
    run_ = subprocess.run(
        ["bash", "-c", command],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run_.returncode == 2, run_.stderr
    assert "file-not-written" in run_.stderr
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    "arguments", [["nosuch"], ["transpile"], ["transpile", "x.sol", "--nosuch"], ["transpile", "x.sol", "--fork", "Atlantis"]]
)
def test_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert capsys.readouterr().err


def test_help_imports_no_stage() -> None:
    loaded = "[name for name in sys.modules if name.startswith(('transpiler', 'networkx', 'rich'))]"
    script = f"import sys; from audit.cli import run; run(['--help']); print({loaded})"
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert told.stdout.splitlines()[-1] == "[]"
