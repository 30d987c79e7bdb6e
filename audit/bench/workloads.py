"""The workloads by name: what runs, on which contract, from which state."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from eth_abi.abi import encode
from eth_hash.auto import keccak

from audit.differential.execution import Library
from audit.inputs.abi import calldata, mapping_slot
from audit.inputs.calls import CONTRACT_ADDRESS, AccountState, Call, CallFile
from audit.inputs.request import Subject, build_request, subject_of
from transpiler.settings import Settings
from transpiler.solc.load import load

ROOT: Final = Path(__file__).resolve().parents[2]
TOKEN: Final = ROOT / "contracts" / "tokens" / "Token.sol"
FIXED_POINT: Final = ROOT / "contracts" / "basic" / "FixedPoint.sol"
WETH: Final = ROOT / "contracts" / "tokens" / "WETH9.sol"
LARGEST: Final = ROOT / "node_modules" / "@uniswap" / "v4-core" / "src" / "PoolManager.sol"
FORK: Final = "Osaka"
UNIT: Final = 10**18


@dataclass(frozen=True, slots=True)
class Workload:
    """A request and the library that has its programs."""

    request: dict[str, Any]
    library: Library = field(default_factory=Library)


def address(kind: str, index: int) -> str:
    """An account of its own for each kind and index."""
    return "0x" + keccak(f"{kind} {index}".encode())[-20:].hex()


def _constructor() -> Call:
    arguments = encode(["string", "string", "uint256", "uint256"], ["Token", "TKN", 10**9 * UNIT, 10**6 * UNIT])
    return Call(create=True, data=arguments)


def _token() -> Subject:
    """The token with the immutables that its constructor sets."""
    subject = subject_of(load(TOKEN, Settings(contract="Token", offline=True)).contract("Token"))
    result = Library().run(build_request(CallFile((_constructor(),), fork=FORK), subject))
    return Subject("Token", bytes.fromhex(result["calls"][0]["return_data"][2:]), subject.creation)


def transfers(count: int) -> Workload:
    """Transfers, each between two accounts of its own."""
    senders = [address("sender", index) for index in range(count)]
    storage = tuple(sorted({mapping_slot(each, 0): 100 * UNIT for each in senders}.items()))
    calls = tuple(
        Call(caller=sender, origin=sender, data=calldata("transfer(address,uint256)", address("receiver", index), UNIT + index))
        for index, sender in enumerate(senders)
    )
    file = CallFile(calls, fork=FORK, state=((CONTRACT_ADDRESS, AccountState(storage=storage)),))
    return Workload(build_request(file, _token()))


def approve() -> Workload:
    """One approval."""
    call = Call(data=calldata("approve(address,uint256)", address("spender", 0), 5 * UNIT))
    return Workload(build_request(CallFile((call,), fork=FORK), _token()))


def constructor() -> Workload:
    """The token's constructor."""
    subject = subject_of(load(TOKEN, Settings(contract="Token", offline=True)).contract("Token"))
    return Workload(build_request(CallFile((_constructor(),), fork=FORK), subject))


def arith(turns: int) -> Workload:
    """One call that computes for so many turns, and does nothing else."""
    subject = subject_of(load(FIXED_POINT, Settings(contract="FixedPoint", offline=True)).contract("FixedPoint"))
    call = Call(data=calldata("compound(uint256)", turns), gas=1 << 40)
    return Workload(build_request(CallFile((call,), fork=FORK), subject))


def weth() -> Workload:
    """A deposit, an approval, and a withdrawal that reverts for want of balance."""
    subject = subject_of(load(WETH, Settings(contract="WETH9", offline=True)).contract("WETH9"))
    calls = (
        Call(value=3 * UNIT, data=calldata("deposit()")),
        Call(data=calldata("approve(address,uint256)", address("spender", 0), UNIT)),
        Call(data=calldata("withdraw(uint256)", 4 * UNIT)),
    )
    return Workload(build_request(CallFile(calls, fork=FORK), subject))
