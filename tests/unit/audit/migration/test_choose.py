"""Which runs a migration proves."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.differential.campaign import Effort, trials
from audit.differential.execution import Library
from audit.differential.subject import Target
from audit.differential.tally import given_trial
from audit.inputs.job import open_job
from audit.migration.choose import runs
from audit.migration.costs import function_costs, samples
from tests.targets import target
from transpiler.settings import Settings
from zkvm import proof

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built: make setup")


@pytest.fixture(scope="module")
def token(contracts: Path) -> Target:
    return target(contracts / "tokens" / "Token.sol")


def test_a_create_is_proven_apart(token: Target) -> None:
    first, second = runs(token, None, trials(token, Effort(sequences=10)), Library())
    assert [each.name for each in (first, second)] == ["constructor", "calls"]
    assert [call["create"] for call in first.request["calls"]] == [True]
    assert second.request["state"][second.request["contract"]]["code"] != "0x"
    assert not any(call["create"] for call in second.request["calls"])


def test_given_calls_stay_whole(contracts: Path) -> None:
    token = contracts / "tokens" / "Token.sol"
    job = open_job(token, Settings(offline=True), token.with_suffix(".calls.json"))
    found = runs(target(token), job.request, (), Library())
    assert job.request is not None
    assert [call for each in found for call in each.request["calls"]] == job.request["calls"]
    assert all(each.given for each in found)


def test_a_run_is_cut_before_what_cannot_run(tmp_path: Path) -> None:
    """Calls whoever calls, but with call data it returns: only calls with data can be run."""
    file = tmp_path / "caller.hex"
    file.write_text("0x3615600657005b5f5f5f5f5f335af100")
    subject = target(file)
    found = runs(subject, None, trials(subject, Effort(sequences=20)), Library())
    for each in found:
        assert Library().run(each.request)["unsupported"] is None


@pytest.mark.long
def test_each_function_is_sampled_where_it_succeeds(token: Target) -> None:
    chosen = samples(token, trials(token, Effort(sequences=60)))
    names = [each.function for each in chosen]
    assert names[0] == "constructor"
    assert sorted(set(names)) == sorted(names)
    assert {"transfer(address,uint256)", "totalSupply()"} <= set(names)
    for each in chosen:
        request = each.alone()
        assert len(request["calls"]) == 1
        assert token.called(request["calls"][0]) == each.function


def test_a_refused_transaction_is_no_sample(tmp_path: Path) -> None:
    file, calls = tmp_path / "stop.hex", tmp_path / "calls.json"
    file.write_text("0x00")
    calls.write_text(
        '{"calls": [{"transaction": {"nonce": "0x5", "gas_limit": "0x15208", "gas_price": "0x1"}}, {"data": "0x01"}]}'
    )
    job = open_job(file, Settings(offline=True), calls)
    assert job.request is not None
    _, given = given_trial(job.request, Library())
    assert [(each.index, each.succeeds) for each in samples(target(file), given)] == [(1, True)]


def test_costs_say_why_there_is_no_proof(tmp_path: Path) -> None:
    file = tmp_path / "caller.hex"
    file.write_text("0x5f5f5f5f5f335af100")
    subject = target(file)
    chosen = samples(subject, trials(subject, Effort(sequences=5)))
    costs = function_costs(chosen, Library(), "fast", float("inf"), lambda _, __: None)
    assert [each.why for each in costs] == ["CALL has no proof yet"] * len(chosen)
    assert function_costs(chosen, Library(), "fast", 0.0, lambda _, __: None) == ()
