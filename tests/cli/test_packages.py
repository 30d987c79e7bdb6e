"""Real contracts from npm packages, across compilers from 0.4 to 0.8: they translate, and every jump is resolved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from audit.cli import run

LIBRARIES = ("PoolLogic", "SupplyLogic", "BorrowLogic", "BridgeLogic", "EModeLogic", "FlashLoanLogic", "LiquidationLogic")
AAVE = tuple(word for index, name in enumerate(LIBRARIES, 1) for word in ("--libraries", f"{name}=0x{index:040x}"))

CASES: dict[str, tuple[str, ...]] = {
    "contracts/tokens/Token.sol": (),
    "contracts/tokens/Collectible.sol": (),
    "contracts/tokens/Items.sol": (),
    "contracts/governance/Council.sol": (),
    "contracts/governance/VoteToken.sol": (),
    "contracts/tokens/WETH9.sol": ("--no-optimize",),
    "node_modules/canonical-weth/contracts/WETH9.sol": ("--solc", "0.4.26"),
    "node_modules/openzeppelin-2/crowdsale/Crowdsale.sol": (),
    "node_modules/openzeppelin-3/presets/ERC1155PresetMinterPauser.sol": (),
    "node_modules/openzeppelin-4/token/ERC721/presets/ERC721PresetMinterPauserAutoId.sol": (),
    "node_modules/@openzeppelin/contracts/governance/TimelockController.sol": (),
    "node_modules/@openzeppelin/contracts/access/manager/AccessManager.sol": (),
    "node_modules/@uniswap/v2-core/contracts/UniswapV2Pair.sol": (),
    "node_modules/@uniswap/v2-periphery/contracts/UniswapV2Router02.sol": (),
    "node_modules/@uniswap/v3-core/artifacts/contracts/UniswapV3Pool.sol/UniswapV3Pool.json": (),
    "node_modules/@uniswap/v4-core/src/PoolManager.sol": (),
    "node_modules/@safe-global/safe-smart-account/contracts/Safe.sol": (),
    "node_modules/@aave/core-v3/contracts/protocol/pool/Pool.sol": AAVE,
    "node_modules/solady/src/utils/ERC1967Factory.sol": ("--via-ir",),
    "node_modules/@account-abstraction/contracts/core/EntryPoint.sol": (),
}
"""Input and options."""


@pytest.mark.parametrize("path", CASES)
def test_translates_without_escape(root: Path, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["transpile", str(root / path), "--json", *CASES[path]]) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["contracts"]
    assert {row["kind"] for row in rows} == {"creation", "runtime"}
    for row in rows:
        assert (row["escapes"], row["unresolved_jumps"], row["tier"], row["error"]) == (0, 0, "optimised", None)
        assert 0 < row["seconds"] < 20, "on a busy machine; the goal of 2 s is measured by `bench transpile-largest`"
