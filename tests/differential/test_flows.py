"""Real protocols used as people use them: the flows do what they are meant to do in the EVM, and our version agrees."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from audit.differential import oracle
from audit.differential.campaign import Effort, check
from audit.differential.compare import judge
from audit.differential.execution import Library
from audit.differential.subject import target_of
from audit.flows.builder import FOLDER, Flow
from audit.flows.catalogue import FLOWS
from audit.inputs.job import open_job
from transpiler.settings import Settings
from zkvm.word import keccak256

EVENTS = {
    "uniswap-v2": {
        "PairCreated(address,address,address,uint256)": 2,
        "Swap(address,uint256,uint256,uint256,uint256,address)": 4,
        "Burn(address,uint256,uint256,address)": 1,
    },
    "safe": {"ProxyCreation(address,address)": 1, "ExecutionSuccess(bytes32,uint256)": 3, "AddedOwner(address)": 1},
    "entry-point": {
        "UserOperationEvent(bytes32,address,address,uint256,bool,uint256,uint256)": 2,
        "AccountDeployed(bytes32,address,address,address)": 1,
    },
    "uniswap-v2-source": {
        "PairCreated(address,address,address,uint256)": 1,
        "Mint(address,uint256,uint256)": 2,
        "Swap(address,uint256,uint256,uint256,uint256,address)": 2,
        "Burn(address,uint256,uint256,address)": 1,
    },
    "timelock": {
        "CallScheduled(bytes32,uint256,address,uint256,bytes,bytes32,uint256)": 5,
        "Cancelled(bytes32)": 1,
        "CallExecuted(bytes32,uint256,address,uint256,bytes)": 4,
        "MinDelayChange(uint256,uint256)": 2,
    },
    "uups": {"Upgraded(address)": 2, "Initialized(uint64)": 4},
    "erc4626": {
        "Deposit(address,address,uint256,uint256)": 3,
        "Withdraw(address,address,address,uint256,uint256)": 2,
    },
    "council": {
        "ProposalQueued(uint256,uint256)": 1,
        "ProposalExecuted(uint256)": 1,
        "CallExecuted(bytes32,uint256,address,uint256,bytes)": 1,
    },
    "clones": {},
    "create3": {"Made(address)": 2},
}
"""By flow: events, and how often each is logged."""
EVENTS |= {f"{name}-source": EVENTS[name] for name in ("safe", "entry-point")}
EVENTS["uniswap-v2-router-source"] = {
    **EVENTS["uniswap-v2"],
    "Swap(address,uint256,uint256,uint256,uint256,address)": 6,
    "Burn(address,uint256,uint256,address)": 2,
    "Withdrawal(address,uint256)": 2,
}

LAST = {"uups": 5 + 7 * 5, "council": 42 * 10**18, "timelock": 86_400, "clones": None}
"""By flow: the word that its last call returns."""


@cache
def flow(name: str) -> Flow:
    return FLOWS[name]()


@pytest.mark.parametrize("name", FLOWS)
def test_the_call_file_is_what_the_flow_writes(name: str) -> None:
    file = FOLDER / f"{name}.calls.json"
    assert json.loads(file.read_text()) == flow(name).document(), "python -m audit.flows"


def test_no_call_file_is_left_over() -> None:
    assert {path.name.removesuffix(".calls.json") for path in FOLDER.glob("*.calls.json")} == set(FLOWS)


@pytest.mark.parametrize("name", FLOWS)
def test_the_flow_does_what_it_is_meant_to_do(name: str) -> None:
    result = flow(name).check()
    logged = [log["topics"][0] for call in result["calls"] for log in call["logs"] if log["topics"]]
    seen = {event: logged.count("0x" + keccak256(event.encode()).hex()) for event in EVENTS[name]}
    assert seen == EVENTS[name]
    if (word := LAST.get(name)) is not None:
        assert int(result["calls"][-1]["return_data"], 16) == word
    if name.startswith("entry-point"):
        kept = [log["data"] for call in result["calls"] for log in call["logs"] if log["topics"][0] == _topic(name, 0)]
        assert [int(data[2 + 64 : 2 + 128], 16) for data in kept] == [1, 1], "the member `success` of both operations"
        assert int(result["state"]["0x00000000000000000000000000000000be4ef1c1"]["balance"], 16) > 10**18 // 2


def _topic(name: str, index: int) -> str:
    return "0x" + keccak256(list(EVENTS[name])[index].encode()).hex()


@pytest.mark.parametrize("name", FLOWS)
def test_both_versions_agree(name: str, tmp_path: Path) -> None:
    request: dict[str, Any] = {**flow(name).request(), "messages": True}
    verdict = judge(request, Library().result, oracle.result)
    assert (verdict.mismatch, verdict.stop, verdict.calls) == (None, None, len(request["calls"]))


@pytest.mark.parametrize(
    ("path", "contract", "name"),
    [
        ("contracts/flows/Vault.sol", "Vault", "erc4626"),
        ("contracts/flows/Meter.sol", "Meter", "uups"),
        ("node_modules/@uniswap/v2-core/build/UniswapV2Pair.json", None, "uniswap-v2"),
    ],
)
def test_creates_of_others_are_no_coverage_of_the_contract(root: Path, path: str, contract: str | None, name: str) -> None:
    """Nothing leaves the contract's graph, though the call file creates other contracts; what runs behind a router or proxy is reached."""
    job = open_job(root / path, Settings(contract=contract, offline=True), FOLDER / f"{name}.calls.json")
    target = target_of(job.artifact, job.contract, job.subject, job.fork)
    found = check(target, Effort(sequences=0), given=job.request)
    assert [each.outside for each in found.coverage] == [()] * len(found.coverage)
    reached = {each.kind: each.blocks_reached for each in found.coverage}
    assert reached["runtime"] > 0
    assert found.exit_code in (0, 4)
