"""Every way to fail: the token's, one by one, and what becomes of those that have no proof."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from audit.cli import run
from audit.differential.campaign import Effort, trials
from audit.differential.execution import Library
from audit.differential.subject import Target
from audit.inputs.job import open_job
from audit.migration.failures import LATE, NEVER_TAKEN, NOT_TRIED, Failures, Site, failures
from audit.migration.prove import Desk
from tests.targets import target
from transpiler.settings import Settings
from transpiler.translate import translate
from zkvm import proof
from zkvm.word import keccak256

pytestmark = [
    pytest.mark.skipif(not proof.available(), reason="the extension is not built: make setup"),
    pytest.mark.long,
]

NO_WAY_THERE = {
    ("creation", "if (account == address(0)) {"): (NEVER_TAKEN, "the constructor mints to its caller, which Ownable has found not to be 0"),
    ("creation", "if (fromBalance < value) {"): (NEVER_TAKEN, "the constructor only mints: nobody has a balance that is taken from"),
    ("creation", 0x22): (NOT_TRIED, "Panic 0x22, a string in storage with a broken length: an account that is created has no storage (EIP-7610)"),
    ("creation", 0x41): (NOT_TRIED, "Panic 0x41, a string too long for memory: the decoder of the arguments has checked that before"),
    ("creation", 0x11): (NOT_TRIED, "Panic 0x11, the supply overflows: an account that is created has no storage, so the supply was 0"),
}  # fmt: skip
"""The branches of the token's code that no state and call data reach: by line, or by panic code where solc made them."""
ERRORS = {
    "ERC20InsufficientBalance", "ERC20InvalidSender", "ERC20InvalidReceiver", "ERC20InsufficientAllowance", "ERC20InvalidApprover",
    "ERC20InvalidSpender", "ERC20ExceededCap", "ERC20InvalidCap", "OwnableUnauthorizedAccount", "OwnableInvalidOwner",
}  # fmt: skip
"""The custom errors that the token's sources can raise."""


@pytest.fixture(scope="module")
def token(contracts: Path) -> Target:
    return target(contracts / "tokens" / "Token.sol")


@pytest.fixture(scope="module")
def proven(token: Target, tmp_path_factory: pytest.TempPathFactory) -> tuple[Failures, Path]:
    folder = tmp_path_factory.mktemp("failures")
    ways = failures(token, trials(token, Effort(sequences=200)))
    evidence = list(ways.prove(Desk(token, Library(), "fast", folder), time.monotonic() + 300))
    assert all(call["status"] != "success" for each in evidence for call in each.calls)
    return ways, folder


def sites(ways: Failures, token: Target) -> tuple[Site, ...]:
    codes = ((kind, token.code(kind)) for kind in ("creation", "runtime"))
    return ways.sites([translate(code.code, token.fork, kind) for kind, code in codes if code is not None])  # type: ignore[arg-type]


def test_every_way_to_fail_is_proven(proven: tuple[Failures, Path], token: Target) -> None:
    ways, folder = proven
    assert ways.missing == {}
    assert set(ways.receipts) == set(ways.found)
    for receipt in (folder / "receipts").iterdir():
        assert run(["verify", str(receipt)]) == 0
    halted = {each.function for each in ways.found if each.edge is None and each.status == "halt"}
    assert {"constructor", "transfer(address,uint256)", "transferFrom(address,address,uint256)"} <= halted


def test_the_rest_is_named_with_its_reason(proven: tuple[Failures, Path], token: Target) -> None:
    ways, _ = proven
    assert token.creation is not None
    silent = {}
    for each in sites(ways, token):
        if each.edge is not None and not each.fails:
            code = token.creation.code[each.edge.target :] if each.edge.target is not None else b""
            panic = code[11] if code[:4] == bytes.fromhex("634e487b") else 0x41
            silent[each.kind, each.line or panic] = each.why or each.functions[0]["why"]
    assert silent == {key: said for key, (said, _) in NO_WAY_THERE.items()}
    never_failed = [way for each in sites(ways, token) for way in each.functions if way["status"] is None]
    assert {way["function"] for way in never_failed} == {"constructor"}


def test_every_error_of_the_sources_is_among_them(proven: tuple[Failures, Path], contracts: Path) -> None:
    """Read from the receipts: the selectors of the revert payloads."""
    job = open_job(contracts / "tokens" / "Token.sol", Settings(offline=True))
    assert job.contract.abi is not None
    errors = {each["name"]: each for each in job.contract.abi if each["type"] == "error"}
    assert set(errors) == ERRORS
    _, folder = proven
    payloads = {
        call["return_data"][:10]
        for receipt in (folder / "receipts").iterdir()
        for call in proof.verify(receipt.read_bytes())["calls"]
    }
    for name, each in errors.items():
        signature = f"{name}({','.join(part['type'] for part in each['inputs'])})"
        assert "0x" + keccak256(signature.encode()).hex()[:8] in payloads, name


def test_no_time_is_said(token: Target, tmp_path: Path) -> None:
    ways = failures(token, trials(token, Effort(sequences=10)))
    assert list(ways.prove(Desk(token, Library(), "test", tmp_path), 0.0)) == []
    assert set(ways.missing.values()) == {LATE}
    assert len(ways.not_proven()) == len(ways.found) > 0


def test_what_has_no_proof_is_said(tmp_path: Path) -> None:
    """Reads another account's balance, which has no chip, then reverts."""
    file = tmp_path / "balance.hex"
    file.write_text("0x3331600657005b5f5ffd")
    subject = target(file)
    ways = failures(subject, trials(subject, Effort(sequences=5)))
    list(ways.prove(Desk(subject, Library(), "fast", tmp_path), time.monotonic() + 60))
    assert set(ways.missing.values()) == {"BALANCE has no proof yet"}
