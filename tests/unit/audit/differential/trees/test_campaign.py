"""Campaigns over a machine that is revm itself, and one that is bent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from audit.differential import oracle
from audit.differential.trees import campaign
from audit.differential.trees.campaign import Block, blocks, run_block
from audit.differential.trees.machines import Failed
from zkvm.isa.table import FORKS


def use(monkeypatch: pytest.MonkeyPatch, run: Any) -> None:
    monkeypatch.setattr(campaign, "runner", lambda name, library: run)


def test_blocks_take_the_rule_sets_in_turn_and_add_up() -> None:
    parts = blocks(1, 47, None)
    assert sum(part.trees for part in parts) == 47
    assert [part.fork for part in parts[:15]] == list(FORKS)[: len(parts)]
    assert [part.fork for part in blocks(1, 120, "Berlin")] == ["Berlin"] * 3
    assert {part.number for part in parts} == set(range(len(parts)))


def test_revm_agrees_with_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, oracle.run)
    outcome = run_block(Block(1, 0, "Cancun", 20), ("rust",))
    assert (outcome.trees, outcome.cut, outcome.mismatches) == (20, 0, [])
    assert outcome.messages > 40
    assert run_block(Block(1, 0, "Cancun", 20), ("rust",)) == outcome


def test_a_bent_machine_is_found_and_its_request_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def bent(request: Mapping[str, Any]) -> dict[str, Any]:
        result = oracle.run(request)
        for call in result["calls"]:
            for message in call["messages"]:
                if message["kind"] == "delegatecall":
                    message["value"] = "0x0"
        return result

    use(monkeypatch, bent)
    outcome = run_block(Block(1, 0, "Cancun", 50), ("python",))
    assert outcome.mismatches
    mismatch = outcome.mismatches[0]
    assert (mismatch.machine, mismatch.difference.field) == ("python", "messages.value")
    assert campaign.compare(mismatch.request, bent, oracle.run(mismatch.request))[0] == mismatch.difference
    assert mismatch.as_json()["request"]["calls"] == mismatch.request["calls"]


def test_a_machine_without_a_result_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(request: Mapping[str, Any]) -> dict[str, Any]:
        raise Failed("program: broken")

    use(monkeypatch, fails)
    outcome = run_block(Block(1, 0, "Osaka", 3), ("rust",))
    assert outcome.mismatches
    assert outcome.mismatches[0].difference.field == "error"
