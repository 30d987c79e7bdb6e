"""A constructor's address arguments find contracts behind them."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.differential.attribution import functions, homes
from audit.differential.campaign import Effort, plan_of, trials
from audit.differential.companions import STAND_IN
from audit.differential.subject import Target, target_of
from audit.inputs.job import open_job
from transpiler.settings import Settings


def target(path: Path, contract: str) -> Target:
    job = open_job(path, Settings(contract=contract, offline=True))
    return target_of(job.artifact, job.contract, job.subject, job.fork)


def test_the_other_contracts_of_an_input_are_deployed(contracts: Path) -> None:
    """A vault finds its asset, and deposits of it succeed: what a vault without one never shows."""
    vault = target(contracts / "flows" / "Vault.sol", "Vault")
    plan = plan_of(vault, Effort())
    assert any("permit" in each.name for companion in plan.companions for each in companion.interface.functions)
    assert all(companion.account.code for companion in plan.companions)
    succeeded = {
        name.partition("(")[0]
        for trial in trials(vault, Effort(sequences=60))
        for call in trial.result["calls"]
        for name, status in functions(vault, homes(vault, trial.request, trial.result), call)
        if status == "success"
    }
    assert "deposit" in succeeded


def test_a_stand_in_where_nothing_else_is_there(contracts: Path) -> None:
    plan = plan_of(target(contracts / "governance" / "Council.sol", "Council"), Effort())
    assert (plan.companions, bool(plan.succeeding)) == ((STAND_IN,), True)


@pytest.mark.parametrize(("path", "contract"), [("tokens/Token.sol", "Token"), ("basic/Ledger.sol", "Ledger")])
def test_none_where_the_constructor_names_no_account(contracts: Path, path: str, contract: str) -> None:
    assert plan_of(target(contracts / path, contract), Effort()).companions == ()
