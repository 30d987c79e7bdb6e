"""Safe, as published and from its sources: a wallet of two owners is created through the proxy factory and pays, with both signatures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from audit.differential.keys import Key
from audit.flows.builder import NOBODY, UNIT, Flow
from audit.inputs.abi import calldata
from audit.inputs.calls import CALLER_ADDRESS
from zkvm.word import keccak256

PACKAGE: Final = "@safe-global/safe-smart-account"
SINGLETON: Final = "Safe.sol:Safe"
FACTORY: Final = "proxies/SafeProxyFactory.sol:SafeProxyFactory"
HANDLER: Final = "handler/CompatibilityFallbackHandler.sol:CompatibilityFallbackHandler"
OWNERS: Final = sorted((Key("owner 1"), Key("owner 2")), key=lambda key: key.address)
SETUP: Final = "setup(address[],uint256,address,bytes,address,address,uint256,address)"
ARGUMENTS: Final = "(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address"
TRANSFER: Final = "transfer(address,uint256)"


def execute(flow: Flow, wallet: str, to: str, value: int, data: bytes) -> None:
    """The wallet makes a call that both owners signed."""
    fields: tuple[Any, ...] = (to, value, data, 0, 0, 0, 0, NOBODY, NOBODY)
    nonce = flow.view(wallet, "nonce()", "uint256")
    digest = flow.view(wallet, f"getTransactionHash{ARGUMENTS},uint256)", "bytes32", *fields, nonce)
    signatures = b"".join(owner.signature(digest) for owner in OWNERS)
    flow.call(wallet, f"execTransaction{ARGUMENTS},bytes)", *fields, signatures)


def safe() -> Flow:
    """The wallet with its published bytecode."""
    return _wallet(Flow("safe"), _published)


def safe_source() -> Flow:
    """The wallet from its sources."""
    return _wallet(Flow("safe-source"), _source)


def _published(contract: str) -> str:
    """Where the package has the build of a contract."""
    file, _, name = contract.partition(":")
    return f"{PACKAGE}/build/artifacts/contracts/{file}/{name}.json:{name}"


def _source(contract: str) -> str:
    """Where the package has the source of a contract."""
    return f"{PACKAGE}/contracts/{contract}"


def _wallet(flow: Flow, form: Callable[[str], str]) -> Flow:
    """Ether and tokens leave the wallet; then an owner is added, and the threshold raised."""
    singleton = flow.create(form(SINGLETON))
    factory = flow.create(form(FACTORY))
    handler = flow.create(form(HANDLER))
    owners = [key.address for key in OWNERS]
    initializer = calldata(SETUP, owners, 2, NOBODY, b"", handler, NOBODY, 0, NOBODY)
    create = "createProxyWithNonce(address,bytes,uint256)"
    wallet = flow.view(factory, create, "address", singleton, initializer, 7)
    flow.call(factory, create, singleton, initializer, 7)
    token = flow.token("Gold", "GLD")
    flow.call(wallet, "", value=3 * UNIT)
    flow.call(token, TRANSFER, wallet, 50 * UNIT)
    execute(flow, wallet, CALLER_ADDRESS, UNIT, b"")
    execute(flow, wallet, token, 0, calldata(TRANSFER, CALLER_ADDRESS, 20 * UNIT))
    execute(flow, wallet, wallet, 0, calldata("addOwnerWithThreshold(address,uint256)", Key("owner 3").address, 3))
    flow.call(wallet, "isValidSignature(bytes32,bytes)", keccak256(b"message"), safe_message(flow, wallet))
    return flow


def safe_message(flow: Flow, wallet: str) -> bytes:
    """Signatures of all three owners under the wallet's form of a message (EIP-1271)."""
    message = keccak256(b"message")
    digest = flow.view(wallet, "getMessageHash(bytes)", "bytes32", message)
    signers = sorted((*OWNERS, Key("owner 3")), key=lambda key: key.address)
    return b"".join(key.signature(digest) for key in signers)
