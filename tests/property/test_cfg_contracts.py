"""Compiled contracts from npm packages: every jump resolved, no escape, certified, and executions stay inside the graph."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from tests.property.cfg_walk import Walk
from transpiler.cfg.build import build, escapes
from transpiler.cfg.certificate import certify
from transpiler.cfg.views import block_edges
from transpiler.evm.disassemble import disassemble

ARTIFACTS = [
    "@uniswap/v2-core/build/UniswapV2Pair.json",
    "@uniswap/v2-periphery/build/UniswapV2Router02.json",
    "@uniswap/v3-core/artifacts/contracts/UniswapV3Pool.sol/UniswapV3Pool.json",
    "@uniswap/v4-core/out/PoolManager.sol/PoolManager.json",
    "canonical-weth/build/contracts/WETH9.json",
    "@aave/core-v3/artifacts/contracts/protocol/pool/Pool.sol/Pool.json",
    "@account-abstraction/contracts/artifacts/EntryPoint.json",
    "openzeppelin-2/build/contracts/ERC721Full.json",
    "openzeppelin-3/build/contracts/ERC1155PresetMinterPauser.json",
    "openzeppelin-4/build/contracts/ERC721PresetMinterPauserAutoId.json",  # try and catch
    "openzeppelin-4/build/contracts/TimelockController.json",
    "@openzeppelin/contracts/build/contracts/AccessManager.json",
]


def codes(path: Path) -> list[bytes]:
    """Creation and runtime code of an artefact, with zeros for the libraries that it is not linked to."""
    artifact = json.loads(path.read_text())
    found: list[bytes] = []
    for key in ("bytecode", "deployedBytecode"):
        value = artifact.get(key) or artifact.get("evm", {}).get(key)
        text = value["object"] if isinstance(value, dict) else value
        if text:
            found.append(bytes.fromhex(re.sub("__.{38}", "0" * 40, text.removeprefix("0x"))))
    return found


@pytest.mark.parametrize("name", ARTIFACTS)
def test_contract(packages: Path, name: str) -> None:
    path = packages / name
    if not path.exists():
        pytest.skip("the npm packages are not installed (make setup)")
    found = codes(path)
    assert found
    for data in found:
        cfg = build(disassemble(data, "Osaka"))
        certify(cfg)
        assert (cfg.unresolved, escapes(cfg)) == ((), 0)
        assert cfg.max_height is not None
        assert cfg.max_height < 100
        inside = set(block_edges(cfg)[1])
        for seed in range(10):
            walk = Walk(cfg, random.Random(seed))
            assert walk.run(300) in ("STOP", "RETURN", "REVERT", "EXCEPTION", "limit")
            assert set(walk.edges) <= inside
