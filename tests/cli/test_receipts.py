"""What `prove` writes and `verify` reads: whole verdicts, files that pin, creates, and what leaves no receipt."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from audit.cli import run
from zkvm import proof
from zkvm.word import keccak256

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")

COUNTER: Final = "6000546001018060005560005260206000f3"
CODE_HASH: Final = "0x" + keccak256(bytes.fromhex(COUNTER)).hex()
CALLS: Final[dict[str, Any]] = {
    "fork": "Cancun",
    "state": {"contract": {"storage": {"0x0": "0x1234"}}},
    "calls": [{"data": "0x"}, {"data": "0x"}, {"data": "0x", "gas": "0x64"}],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the counter, its calls and a receipt of them."""
    made = tmp_path_factory.mktemp("counter")
    (made / "counter.hex").write_text(f"0x{COUNTER}\n")
    (made / "calls.json").write_text(json.dumps(CALLS))
    words = ["prove", str(made / "counter.hex"), "--calls", str(made / "calls.json"), "-o", str(made / "counter.receipt")]
    assert run(words) == 0
    return made


def verify(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, dict[str, Any]]:
    status = run(["verify", str(folder / "counter.receipt"), *options, "--json"])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return status, document


def test_a_receipt_says_what_ran(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    status, verdict = verify(folder, capsys)
    assert status == 0
    assert verdict["valid"] is True
    assert verdict["reason"] is None
    assert verdict["proven_bits"] == min(verdict["list_decoding_bits"].values()) >= 100
    assert list(verdict["list_decoding_bits"]) == ["2025", "2026"]
    assert 0 < verdict["unique_decoding_bits"] < 100
    assert all(verdict["summed_bits"][year] <= bits for year, bits in verdict["list_decoding_bits"].items())
    assert (verdict["profile"], verdict["fork"]) == ("fast", "Cancun")
    (program,) = verdict["programs"]
    assert program["code_hash"] == CODE_HASH
    assert program["pinned"] is False
    assert [each["status"] for each in verdict["calls"]] == ["success", "success", "halt"]
    assert [int(each["return_data"], 16) for each in verdict["calls"][:2]] == [0x1235, 0x1236]
    assert verdict["calls"][2]["gas_left"] == "0x0"
    contract = verdict["contract"]
    assert verdict["before"][contract]["storage"] == {"0x0": "0x1234"}
    assert verdict["after"][contract]["storage"] == {"0x0": "0x1236"}


def test_a_program_file_pins(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["transpile", str(folder / "counter.hex"), "--fork", "Cancun", "-o", str(folder / "out"), "--json"]) == 0
    program = json.loads(capsys.readouterr().out)["contracts"][0]["program"]
    status, verdict = verify(folder, capsys, "--program", program)
    assert (status, verdict["programs"][0]["pinned"]) == (0, True)


def test_what_cannot_be_read(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    receipt = str(folder / "counter.receipt")
    assert run(["verify", str(tmp_path / "nosuch")]) == 2
    assert run(["verify", str(tmp_path)]) == 2
    assert run(["verify", receipt, "--code-hash", "0x12"]) == 2
    assert run(["verify", receipt, "--calls", str(tmp_path / "nosuch.json")]) == 2
    assert run(["verify", receipt, "--program", str(folder / "counter.hex")]) == 2
    assert run(["verify", receipt, "--bytecode", str(tmp_path / "nosuch.hex")]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_text_says_what_is_pinned(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", str(folder / "counter.receipt")]) == 0
    told = capsys.readouterr().out
    assert "translation not checked here" in told
    assert "proven bits" in told
    assert "by list decoding" in told
    assert "by unique decoding" in told


def test_prove_prints_what_it_costs(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "out.receipt"
    assert run(["prove", str(folder / "counter.hex"), "-o", str(target), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["receipt"] == str(target)
    assert [each["status"] for each in document["calls"]] == ["success"]
    tables = {each["name"]: each for each in document["cost"]["tables"]}
    assert tables["storage"]["rows"] >= 2
    assert {"rows", "cells", "interactions", "fields"} <= set(tables["rom"])
    assert run(["prove", str(folder / "counter.hex"), "-o", str(target)]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("table\trows")
    assert "one call without data" in told.err


def test_a_constructor_and_its_code_are_proven(contracts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    token, receipt = contracts / "tokens" / "Token.sol", tmp_path / "token.receipt"
    calls = contracts / "tokens" / "Token.calls.json"
    assert run(["prove", str(token), "--offline", "--calls", str(calls), "-o", str(receipt)]) == 0
    capsys.readouterr()
    assert run(["verify", str(receipt), "--calls", str(calls), "--bytecode", str(token), "--json"]) == 0
    verdict = json.loads(capsys.readouterr().out)
    created, *others = verdict["calls"]
    assert created["create"] is True
    assert {each["kind"]: each["pinned"] for each in verdict["programs"]} == {"creation": True, "runtime": True}
    code_hash = "0x" + keccak256(bytes.fromhex(created["return_data"][2:])).hex()
    assert code_hash in [each["code_hash"] for each in verdict["programs"]]
    assert "revert" in [each["status"] for each in others]
    # without the code at hand the calls still are what they are, and other calls are not
    assert run(["verify", str(receipt), "--calls", str(calls)]) == 0
    other = json.loads(calls.read_text())
    other["calls"][0]["data"] = other["calls"][0]["data"][:-2] + "01"
    (tmp_path / "other.json").write_text(json.dumps(other))
    assert run(["verify", str(receipt), "--calls", str(tmp_path / "other.json")]) == 5
    # other creation code is found by its hash as well as by its program
    (tmp_path / "other.hex").write_text("0x00")
    assert run(["verify", str(receipt), "--calls", str(calls), "--bytecode", str(tmp_path / "other.hex"), "--creation"]) == 5


def test_code_that_a_call_file_states_is_compared(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for code, status in ((COUNTER, 0), (COUNTER + "00", 5)):
        state = {"contract": {"code": "0x" + code, "storage": {"0x0": "0x1234"}}}
        (tmp_path / "calls.json").write_text(json.dumps({**CALLS, "state": state}))
        assert verify(folder, capsys, "--calls", str(tmp_path / "calls.json"))[0] == status


def test_generated_arguments_when_no_calls_are_given(contracts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    receipt = tmp_path / "token.receipt"
    assert run(["prove", str(contracts / "tokens" / "Token.sol"), "--offline", "-o", str(receipt), "--json"]) == 0
    told = capsys.readouterr()
    document = json.loads(told.out)
    assert document["calls"][0]["status"] == "success"
    assert "generated arguments" in told.err


def test_immutables_need_a_create(contracts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "calls.json").write_text(json.dumps({"calls": [{"data": "0x"}]}))
    words = ["prove", str(contracts / "tokens" / "Token.sol"), "--offline", "--calls", str(tmp_path / "calls.json")]
    assert run([*words, "-o", str(tmp_path / "x.receipt")]) == 2
    assert "immutables" in capsys.readouterr().err
    assert not (tmp_path / "x.receipt").exists()


def test_a_run_without_code_has_nothing_to_prove(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "calls.json").write_text(json.dumps({"calls": [{"to": "0x" + "77" * 20, "data": "0x"}]}))
    out = tmp_path / "none.receipt"
    assert run(["prove", str(folder / "counter.hex"), "--calls", str(tmp_path / "calls.json"), "-o", str(out)]) == 4
    assert "no-frame" in capsys.readouterr().err
    assert not out.exists()


REFUSED: dict[str, Any] = {"transaction": {"nonce": "0x5", "gas_limit": "0x15208", "gas_price": "0x10"}}
COVERED = {"env": {"base_fee": "0x1"}}


@pytest.mark.parametrize(
    ("calls", "index"), [([REFUSED], 0), ([{}, REFUSED], 1), ([REFUSED, {}], 0)], ids=["alone", "last", "first"]
)
def test_a_refused_transaction_is_told_with_reason_and_place(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], calls: list[dict[str, Any]], index: int
) -> None:
    """Also after a call that runs: the prover makes a receipt of that call alone, which is not of this batch."""
    file, out = tmp_path / "calls.json", tmp_path / "none.receipt"
    file.write_text(json.dumps({**COVERED, "calls": calls}))
    assert run(["prove", str(folder / "counter.hex"), "--calls", str(file), "-o", str(out)]) == 4
    told = capsys.readouterr().err
    assert (
        f"[transaction-refused]: the run cannot be proven: call {index}, the rule set refuses the transaction: nonce-too-high"
        in told
    )
    assert f"--> {file}#/calls/{index}\n" in told
    assert not out.exists()


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        ({"transaction": {**REFUSED["transaction"], "nonce": "0x0"}}, 'give "gas" in place of "transaction"'),
        ({"env": {"number": "0x5"}}, 'move "env" out of the call'),
        ({"to": "0x" + "00" * 19 + "01"}, "prove the other calls without it"),
    ],
    ids=["transaction", "environment", "precompile"],
)
def test_what_a_receipt_has_no_words_for_comes_with_help(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], call: dict[str, Any], hint: str
) -> None:
    file = tmp_path / "calls.json"
    file.write_text(json.dumps({**COVERED, "calls": [{}, call]}))
    assert run(["prove", str(folder / "counter.hex"), "--calls", str(file), "-o", str(tmp_path / "x.receipt")]) == 4
    told = capsys.readouterr().err
    assert "[not-claimable]" in told
    assert f"--> {file}#/calls/1\n" in told
    assert f"help: {hint}" in told


def test_what_no_receipt_can_state_is_unsupported(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "x.receipt"
    beyond: tuple[dict[str, Any], ...] = ({"env": {"blob_hashes": ["0x" + "01" * 32] * 65}}, {"calls": [{}] * 16385})
    for more in beyond:
        (tmp_path / "calls.json").write_text(json.dumps({**CALLS, **more}))
        words = ["prove", str(folder / "counter.hex"), "--calls", str(tmp_path / "calls.json"), "-o", str(out)]
        assert run(words) == 4
        told = capsys.readouterr().err
        assert "not-claimable" in told
        assert "help: a receipt has bounds" in told
        assert not out.exists()


def test_what_has_no_chip_has_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for code, name in (("0x5f5f5f303c00", "EXTCODECOPY"), ("0x30315f5260205ff3", "BALANCE"), ("0x5f5c5f5260205ff3", "TLOAD")):
        (tmp_path / "code.hex").write_text(code)
        assert run(["prove", str(tmp_path / "code.hex"), "-o", str(tmp_path / "x.receipt")]) == 4
        told = capsys.readouterr().err
        assert "unsupported[no-chip]" in told
        assert name in told


def test_what_is_unsupported_leaves_no_receipt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "caller.hex").write_text("0x5f5f5f5f5f335af100")
    assert run(["prove", str(tmp_path / "caller.hex"), "-o", str(tmp_path / "x.receipt")]) == 4
    told = capsys.readouterr().err
    assert "CALL" in told
    assert "caller.hex" in told
    assert not (tmp_path / "x.receipt").exists()


@pytest.mark.parametrize(
    "text", ['{"calls": 5}', '{"calls": []}', '{"calls": [{"data": "0x1"}]}', '{"calls": [{}], "stat": {}}', "[", "{}"]
)
def test_broken_call_files(folder: Path, tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "calls.json").write_text(text)
    words = ["prove", str(folder / "counter.hex"), "--calls", str(tmp_path / "calls.json"), "-o", str(tmp_path / "x.receipt")]
    assert run(words) == 2
    assert "error[" in capsys.readouterr().err
    assert not (tmp_path / "x.receipt").exists()


def test_a_full_disk_leaves_nothing(folder: Path, tmp_path: Path, root: Path) -> None:
    command = f'ulimit -f 4; exec "{sys.executable}" -m audit.cli prove "{folder / "counter.hex"}" -o full.receipt'
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=tmp_path,
        env={
            "PYTHONPATH": str(root),
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "PYTHONDONTWRITEBYTECODE": "1",
            "SOL2ZK_CACHE": "off",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
