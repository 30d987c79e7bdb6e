"""Generated sequences alone, no call file: real contracts that need others come to work all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.differential.campaign import check
from audit.differential.subject import target_of
from audit.inputs.job import open_job
from transpiler.settings import Settings
from zkvm import proof

pytestmark = [pytest.mark.skipif(not proof.available(), reason="the extension is not built: make setup"), pytest.mark.long]

PACKAGES = "node_modules"
SOURCES = {
    "Uniswap v2 pair": (
        f"{PACKAGES}/@uniswap/v2-core/contracts/UniswapV2Pair.sol",
        "UniswapV2Pair",
        ("swap", "mint", "burn", "permit"),
    ),
    "Uniswap v2 factory": (f"{PACKAGES}/@uniswap/v2-core/contracts/UniswapV2Factory.sol", None, ("createPair",)),
    "Safe": (f"{PACKAGES}/@safe-global/safe-smart-account/contracts/Safe.sol", None, ("execTransaction", "setup", "swapOwner")),
    "UUPS": ("contracts/flows/Meter.sol", "Meter", ("upgradeToAndCall",)),
    "vault": ("contracts/flows/Vault.sol", "Vault", ("deposit", "withdraw", "mint", "redeem")),
    "timelock": ("contracts/flows/TimelockCouncil.sol", "CouncilTimelock", ("execute", "executeBatch", "scheduleBatch")),
    "CREATE3": ("contracts/flows/Factories.sol", "Create3Factory", ("make", "box")),
}


@pytest.mark.parametrize("name", SOURCES)
def test_functions_that_need_other_contracts_succeed(root: Path, name: str) -> None:
    path, contract, functions = SOURCES[name]
    job = open_job(root / path, Settings(contract=contract, offline=True))
    result = check(target_of(job.artifact, job.contract, job.subject, job.fork))
    assert not result.findings
    succeeded = {each.name.partition("(")[0] for each in result.functions if each.status == "succeeded"}
    assert set(functions) <= succeeded, [each.name for each in result.unanswered]
