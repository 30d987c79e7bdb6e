"""ERC-4337's EntryPoint 0.8, as published and from its sources: an account is made by its first operation, which a paymaster pays for."""

from __future__ import annotations

from typing import Any, Final

from audit.differential.keys import Key
from audit.flows.builder import UNIT, Flow
from audit.inputs.abi import calldata

PACKAGE: Final = "@account-abstraction/contracts"
PUBLISHED: Final = (
    f"{PACKAGE}/artifacts/EntryPoint.json:EntryPoint",
    f"{PACKAGE}/artifacts/SimpleAccountFactory.json:SimpleAccountFactory",
)
SOURCE: Final = (f"{PACKAGE}/core/EntryPoint.sol:EntryPoint", f"{PACKAGE}/accounts/SimpleAccountFactory.sol:SimpleAccountFactory")
OPERATION: Final = "(address,uint256,bytes,bytes,bytes32,uint256,bytes32,bytes,bytes)"
OWNER: Final = Key("wallet owner")
BENEFICIARY: Final = "0x00000000000000000000000000000000be4ef1c1"


def packed(high: int, low: int) -> bytes:
    """Two numbers of 16 bytes in a word."""
    return high.to_bytes(16, "big") + low.to_bytes(16, "big")


def signed(flow: Flow, point: str, fields: list[Any]) -> tuple[Any, ...]:
    """The operation with its owner's signature."""
    digest = flow.view(point, f"getUserOpHash({OPERATION})", "bytes32", (*fields, b""))
    return (*fields, OWNER.signature(digest))


def entry_point() -> Flow:
    """The operations with the published bytecode."""
    return _operations(Flow("entry-point"), *PUBLISHED)


def entry_point_source() -> Flow:
    """The operations with the contracts from their sources."""
    return _operations(Flow("entry-point-source"), *SOURCE)


def _operations(flow: Flow, entry: str, makes_accounts: str) -> Flow:
    """Two operations: one deploys the account and sends ether, the other makes it call a token twice."""
    point = flow.create(entry)
    factory = flow.create(makes_accounts, ["address"], point)
    paymaster = flow.create("OpenPaymaster.sol:OpenPaymaster", ["address"], point)
    flow.call(point, "depositTo(address)", paymaster, value=2 * UNIT)
    flow.call(paymaster, "addStake(uint32)", 86400, value=UNIT)
    account = flow.view(factory, "getAddress(address,uint256)", "address", OWNER.address, 1)
    flow.call(account, "", value=UNIT)
    token = flow.token("Gold", "GLD")
    flow.call(token, "transfer(address,uint256)", account, 9 * UNIT)
    paying = bytes.fromhex(paymaster[2:]) + packed(200_000, 100_000)
    init = bytes.fromhex(factory[2:]) + calldata("createAccount(address,uint256)", OWNER.address, 1)
    send = calldata("execute(address,uint256,bytes)", BENEFICIARY, UNIT // 2, b"")
    first = [account, 0, init, send, packed(500_000, 200_000), 60_000, packed(10**9, 2 * 10**9), paying]
    flow.call(point, f"handleOps({OPERATION}[],address)", [signed(flow, point, first)], BENEFICIARY)
    transfer = calldata("transfer(address,uint256)", BENEFICIARY, UNIT)
    batch = calldata("executeBatch((address,uint256,bytes)[])", [(token, 0, transfer), (token, 0, transfer)])
    second = [account, 1, b"", batch, packed(200_000, 200_000), 60_000, packed(10**9, 2 * 10**9), b""]
    flow.call(point, f"handleOps({OPERATION}[],address)", [signed(flow, point, second)], BENEFICIARY)
    return flow
