"""The checks that contracts/README.md promises: each counts a success of the functions that stand beside it."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from audit.cli import run
from zkvm import proof

ROOT: Final = Path(__file__).resolve().parents[2]
ROW: Final = re.compile(r"^\| `(check [^`]+)` \| ([^|]+) \|$", re.MULTILINE)
PROMISED: Final = {
    "UniswapV2Pair.sol": {"swap", "mint", "burn", "permit"},
    "UniswapV2ERC20.sol": {"permit"},
    "UniswapV2Factory.sol": {"createPair"},
    "UniswapV2Router02.sol": {"addLiquidity", "removeLiquidity", "swapExactTokensForTokens"},
    "Safe.sol": {"execTransaction"},
    "EntryPoint.sol": {"handleOps"},
    "SimpleAccount.sol": {"execute"},
    "Vault.sol": {"deposit", "withdraw", "mint", "permit"},
    "TimelockCouncil.sol": {"execute"},
    "TimelockController.sol": {"execute"},
    "Meter.sol": {"upgradeToAndCall"},
}
"""By source: what must succeed in a check of it, whatever the table says."""


def rows() -> list[tuple[str, tuple[str, ...]]]:
    """(command, functions) of each row of the table."""
    text = (ROOT / "contracts" / "README.md").read_text()
    return [(command, tuple(re.findall(r"`(\w+)`", functions))) for command, functions in ROW.findall(text)]


def checked(command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], status: int = 0) -> dict[str, Any]:
    """What a command of the table writes as JSON."""
    monkeypatch.chdir(ROOT)
    assert run([*command.split(), "--offline", "--json"]) == status
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def successes(document: dict[str, Any]) -> Counter[str]:
    """By name without types: compared calls that succeeded."""
    found: Counter[str] = Counter()
    for each in document["functions"]:
        found[each["name"].partition("(")[0]] += each["successes"]
    return found


def test_the_table_has_what_must_succeed() -> None:
    found: dict[str, set[str]] = {}
    for command, functions in rows():
        found.setdefault(command.split()[1].rpartition("/")[2], set()).update(functions)
    assert {name: wanted - found.get(name, set()) for name, wanted in PROMISED.items() if wanted - found.get(name, set())} == {}


@pytest.mark.long
@pytest.mark.skipif(not proof.available(), reason="the extension is not built")
@pytest.mark.parametrize(("command", "functions"), rows())
def test_each_function_succeeds(
    command: str, functions: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    document = checked(command, monkeypatch, capsys)
    found = successes(document)
    assert functions
    assert [name for name in functions if not found[name]] == []
    assert (document["mismatches"], document["unsupported"], document["complete"]) == ([], [], True)
    assert (document["sequences"], document["scope"]) == (1, "given calls")
    assert [each["outside"] for each in document["coverage"]] == [[]] * len(document["coverage"])


@pytest.mark.long
@pytest.mark.skipif(not proof.available(), reason="the extension is not built")
def test_a_published_build_is_not_the_code_of_the_source(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = "node_modules/@uniswap/v2-core/contracts/UniswapV2Pair.sol"
    document = checked(f"check {source} --calls contracts/flows/uniswap-v2.calls.json", monkeypatch, capsys, 4)
    assert [each["code"] for each in document["unsupported"]] == ["never-called"], (
        "nothing of the source ran: that is no clean check"
    )
    assert not +successes(document), "this is why there are call files for sources"
