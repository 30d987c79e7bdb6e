"""A constructor's address arguments find contracts behind them."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.differential import oracle
from audit.differential.campaign import Effort, plan_of, trials
from audit.differential.companions import STAND_IN
from audit.differential.subject import Target, target_of
from audit.inputs.calls import CONTRACT_ADDRESS
from audit.inputs.job import open_job
from transpiler.settings import Settings


def target(path: Path, contract: str) -> Target:
    job = open_job(path, Settings(contract=contract, offline=True))
    return target_of(job.artifact, job.contract, job.subject, job.fork)


def test_the_other_contracts_of_an_input_are_deployed(contracts: Path) -> None:
    """A vault finds its asset; calls of the asset stand among those of the vault, and some name it."""
    vault = target(contracts / "flows" / "Vault.sol", "Vault")
    plan = plan_of(vault, Effort())
    (asset,) = plan.companions
    assert asset.account.code
    assert {each.name for each in asset.interface.functions} == {"approve", "permit", "transfer", "transferFrom"}
    assert plan.constructors[0].hex().endswith(asset.address[2:])
    calls = [call for trial in trials(vault, Effort(sequences=40)) for call in trial.request["calls"]]
    beside = [call for call in calls if call["to"] == asset.address]
    assert 0.2 < len(beside) / len(calls) < 0.5
    assert any(CONTRACT_ADDRESS[2:] in call["data"] for call in beside)
    succeeded = oracle.run(next(iter(trials(vault, Effort(sequences=1)))).request)
    assert succeeded["state"][asset.address]["code"] == "0x" + (asset.account.code or b"").hex()


def test_a_stand_in_where_nothing_else_is_there(contracts: Path) -> None:
    plan = plan_of(target(contracts / "governance" / "Council.sol", "Council"), Effort())
    assert (plan.companions, bool(plan.succeeding)) == ((STAND_IN,), True)


@pytest.mark.parametrize(("path", "contract"), [("tokens/Token.sol", "Token"), ("basic/Ledger.sol", "Ledger")])
def test_none_where_the_constructor_names_no_account(contracts: Path, path: str, contract: str) -> None:
    assert plan_of(target(contracts / path, contract), Effort()).companions == ()
