"""`prove` and `verify` as other programs drive them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from eth_hash.auto import keccak

from audit.cli import run
from zkvm import proof

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built: make setup")

COUNTER = "0x6000546001018060005560005260206000f3"
CODE_HASH = "0xa77ddcd430e0b8d87debfbcefb2bd7752a3410ae5a798a8c5d6f207f7fa2a3d9"
CALLS = {
    "fork": "Cancun",
    "state": {"contract": {"storage": {"0x0": "0x41"}}},
    "calls": [{"data": "0x"}, {"data": "0x"}, {"data": "0x", "gas": "0x64"}],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a counter, its calls and its receipt."""
    base = tmp_path_factory.mktemp("proofs")
    (base / "counter.hex").write_text(COUNTER)
    (base / "calls.json").write_text(json.dumps(CALLS))
    assert (
        run(
            [
                "prove",
                str(base / "counter.hex"),
                "--calls",
                str(base / "calls.json"),
                "-o",
                str(base / "counter.receipt"),
                "--json",
            ]
        )
        == 0
    )
    return base


def verdict(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    status = run(["verify", *words, "--json"])
    return status, json.loads(capsys.readouterr().out)


HASHING = "0x600035600052602060002060005260206000f3"
HASHED = {"calls": [{"data": "0x" + f"{word:064x}"} for word in (5, 6, 5)]}


def test_hashes_are_listed_unless_they_are_to_be_proven(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hash.hex").write_text(HASHING)
    (tmp_path / "calls.json").write_text(json.dumps(HASHED))
    words = [str(tmp_path / "hash.hex"), "--calls", str(tmp_path / "calls.json")]
    found, texts = {}, {}
    for name, option in {"default": [], "listed": ["--hashes", "listed"], "proven": ["--hashes", "proven"]}.items():
        receipt = str(tmp_path / f"{name}.receipt")
        assert run(["prove", *words, "-o", receipt, *option]) == 0
        status, found[name] = verdict(capsys, receipt, "--bytecode", *words)
        assert status == 0
        assert run(["verify", receipt]) == 0
        texts[name] = capsys.readouterr().out
    # two of three messages differ
    assert {name: each["hashes"] for name, each in found.items()} == {"default": 2, "listed": 2, "proven": 0}
    assert {each["precompiles"] for each in found.values()} == {0}
    assert found["listed"]["calls"] == found["proven"]["calls"] == found["default"]["calls"]
    assert found["listed"]["calls"][0]["return_data"] == "0x" + keccak((5).to_bytes(32, "big")).hex()
    assert "2 hashes computed again here" in texts["listed"]
    assert "computed again" not in texts["proven"]


def test_an_honest_receipt_is_valid(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--code-hash", CODE_HASH, "--bytecode", str(folder / "counter.hex"), "--calls", str(folder / "calls.json")]
    status, found = verdict(capsys, str(folder / "counter.receipt"), *words)
    assert status == 0
    assert found["valid"]
    assert found["proven_bits"] >= 100
    assert [call["status"] for call in found["calls"]] == ["success", "success", "halt"]
    assert [int(call["return_data"], 16) for call in found["calls"][:2]] == [0x42, 0x43]
    assert found["programs"][0]["code_hash"] == CODE_HASH
    assert found["programs"][0]["pinned"]
    contract = found["contract"]
    assert found["before"][contract]["storage"] == {"0x0": "0x41"}
    assert found["after"][contract]["storage"] == {"0x0": "0x43"}


@pytest.mark.parametrize(
    "edit",
    [
        {"fork": "Shanghai"},
        {"state": {"contract": {"storage": {"0x0": "0x42"}}}},
        {"env": {"number": "0x1"}},
        {"calls": CALLS["calls"][:2]},  # type: ignore[index]
        {"calls": [{"data": "0x01"}, {"data": "0x"}, {"data": "0x", "gas": "0x64"}]},
        {"calls": [{"data": "0x"}, {"data": "0x"}, {"data": "0x", "gas": "0x65"}]},
        {"calls": [{"data": "0x", "value": "0x1"}, {"data": "0x"}, {"data": "0x", "gas": "0x64"}]},
    ],
)
def test_other_calls_are_not_the_receipts(
    folder: Path, edit: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps({**CALLS, **edit}))
    status, found = verdict(capsys, str(folder / "counter.receipt"), "--calls", str(other))
    assert (status, found["valid"]) == (5, False)
    assert found["reason"].startswith("expectation:")


def test_another_code_or_hash_is_not_the_receipts(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.hex"
    other.write_text("0x00")
    receipt = str(folder / "counter.receipt")
    assert verdict(capsys, receipt, "--bytecode", str(other))[0] == 5
    assert verdict(capsys, receipt, "--code-hash", "0x" + "11" * 32)[0] == 5


def test_bent_receipts_are_rejected_with_a_reason(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    honest = (folder / "counter.receipt").read_bytes()
    bent = tmp_path / "bent.receipt"
    step = max(1, len(honest) // 150)
    places = [*range(0, 600, 7), *range(600, len(honest), step)]
    for at in places:
        flipped = bytearray(honest)
        flipped[at] ^= 1 << (at % 8)
        bent.write_bytes(bytes(flipped))
        status, found = verdict(capsys, str(bent))
        assert (status, found["valid"]) == (5, False), f"byte {at}"
        assert found["reason"]
    for data in (b"", honest[:1], honest[:100], honest[:-1], honest + b"\0"):
        bent.write_bytes(data)
        assert verdict(capsys, str(bent))[0] == 5


def test_the_test_profile_is_never_valid(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weak = folder / "weak.receipt"
    assert (
        run(["prove", str(folder / "counter.hex"), "--calls", str(folder / "calls.json"), "--profile", "test", "-o", str(weak)])
        == 0
    )
    status, found = verdict(capsys, str(weak))
    assert status == 5
    assert found["profile"] == "test"


def test_a_missing_receipt_is_a_usage_error(tmp_path: Path) -> None:
    assert run(["verify", str(tmp_path / "none")]) == 2


def test_a_run_without_chips_is_incomplete_and_writes_nothing(tmp_path: Path) -> None:
    code = tmp_path / "balance.hex"
    code.write_text("0x303160005500")
    assert run(["prove", str(code), "-o", str(tmp_path / "out.receipt")]) == 4
    assert not (tmp_path / "out.receipt").exists()
