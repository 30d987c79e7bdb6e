"""Flows over contracts of our own that stand on public libraries: a UUPS upgrade, an ERC-4626 vault, a council, two factories."""

from __future__ import annotations

from typing import Final

from audit.differential.keys import Key
from audit.flows.builder import FOREVER, NOBODY, UNIT, Flow
from audit.flows.permit import permit
from audit.inputs.abi import calldata
from audit.inputs.calls import CALLER_ADDRESS
from zkvm.word import keccak256

HOLDER: Final = Key("holder")
ANYBODY: Final = NOBODY


def upgrade() -> Flow:
    """A proxy is used, upgraded with a call, and used on; a stranger's upgrade is refused inside a call that reports it."""
    flow = Flow("uups")
    first = flow.create("Meter.sol:Meter")
    proxy = flow.create("Meter.sol:MeterProxy", ["address", "bytes"], first, calldata("initialize(address)", CALLER_ADDRESS))
    flow.call(proxy, "add(uint256)", 5)
    second = flow.create("Meter.sol:MeterWithTariff")
    flow.call(proxy, "upgradeToAndCall(address,bytes)", second, calldata("setTariff(uint256)", 7))
    flow.call(proxy, "add(uint256)", 5)
    flow.call(proxy, "version()")
    flow.call(proxy, "total()")
    return flow


def vault() -> Flow:
    """Deposits by approval and by a signed permit, a gift that moves the price of a share, withdrawal and redemption."""
    flow = Flow("erc4626")
    asset = flow.create("Vault.sol:Asset", ["uint256"], 10**6 * UNIT)
    shares = flow.create("Vault.sol:Vault", ["address"], asset)
    flow.call(asset, "approve(address,uint256)", shares, FOREVER)
    flow.call(shares, "deposit(uint256,address)", 1000 * UNIT, CALLER_ADDRESS)
    flow.call(asset, "transfer(address,uint256)", HOLDER.address, 500 * UNIT)
    permit(flow, asset, HOLDER, shares, 300 * UNIT)
    flow.call(shares, "deposit(uint256,address)", 300 * UNIT, HOLDER.address, caller=HOLDER.address)
    flow.call(asset, "transfer(address,uint256)", shares, 77 * UNIT)
    flow.call(shares, "withdraw(uint256,address,address)", 100 * UNIT, HOLDER.address, HOLDER.address, caller=HOLDER.address)
    flow.call(shares, "redeem(uint256,address,address)", 200 * UNIT, CALLER_ADDRESS, CALLER_ADDRESS)
    flow.call(shares, "mint(uint256,address)", 3 * UNIT, CALLER_ADDRESS)
    return flow


def council() -> Flow:
    """A proposal to mint is made, voted on, queued and executed, over blocks and two days."""
    flow = Flow("council")
    token = flow.create("../governance/VoteToken.sol:VoteToken", ["uint256"], 5000)
    timelock = flow.create(
        "TimelockCouncil.sol:CouncilTimelock",
        ["uint256", "address[]", "address[]", "address"],
        172_800,
        [],
        [ANYBODY],
        CALLER_ADDRESS,
    )
    governor = flow.create("TimelockCouncil.sol:TimelockCouncil", ["address", "address"], token, timelock)
    for role in ("PROPOSER_ROLE", "CANCELLER_ROLE"):
        flow.call(timelock, "grantRole(bytes32,address)", keccak256(role.encode()), governor)
    flow.call(token, "grantRole(bytes32,address)", keccak256(b"MINTER"), timelock)
    flow.call(token, "delegate(address)", CALLER_ADDRESS)
    flow.at(1, 12)
    mint = calldata("mint(address,uint256)", HOLDER.address, 42 * UNIT)
    decision = ([token], [0], [mint])
    text = "Mint 42"
    flow.call(governor, "propose(address[],uint256[],bytes[],string)", *decision, text)
    proposal = flow.view(
        governor, "hashProposal(address[],uint256[],bytes[],bytes32)", "uint256", *decision, keccak256(text.encode())
    )
    flow.at(11, 132)
    flow.call(governor, "castVote(uint256,uint8)", proposal, 1)
    flow.at(101, 1212)
    flow.call(governor, "queue(address[],uint256[],bytes[],bytes32)", *decision, keccak256(text.encode()))
    flow.at(20_000, 172_801)
    flow.call(governor, "execute(address[],uint256[],bytes[],bytes32)", *decision, keccak256(text.encode()))
    flow.call(token, "balanceOf(address)", HOLDER.address)
    return flow


def clones() -> Flow:
    """Boxes behind EIP-1167 proxies, one with value that comes back, one at an address known before."""
    flow = Flow("clones")
    factory = flow.create("Factories.sol:CloneFactory")
    flow.call(factory, "makeAt(bytes32,uint256)", keccak256(b"salt"), 11)
    flow.call(factory, "make(uint256)", 12, value=UNIT)
    flow.call(factory, "closeLast()")
    flow.call(factory, "made(uint256)", 1)
    return flow


def create3() -> Flow:
    """Contracts at addresses that a salt alone decides."""
    flow = Flow("create3")
    factory = flow.create("Factories.sol:Create3Factory")
    flow.call(factory, "box(bytes32)", keccak256(b"first"))
    code = bytes.fromhex("600160005560206000f3")
    flow.call(factory, "make(bytes32,bytes)", keccak256(b"second"), code, value=5)
    return flow
