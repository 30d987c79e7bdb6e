"""OpenZeppelin's TimelockController from its source: operations are scheduled, wait two days, and are executed, one by one and in a batch."""

from __future__ import annotations

from typing import Any, Final

from audit.flows.builder import UNIT, Flow
from audit.inputs.abi import calldata
from audit.inputs.calls import CALLER_ADDRESS

CONTROLLER: Final = "@openzeppelin/contracts/governance/TimelockController.sol:TimelockController"
TYPES: Final = ("uint256", "address[]", "address[]", "address")
DAYS: Final = 86_400
RECEIVER: Final = "0x0000000000000000000000000000000000004ec1"
ONE: Final = "address,uint256,bytes,bytes32,bytes32"
MANY: Final = "address[],uint256[],bytes[],bytes32,bytes32"
FIRST: Final = bytes(32)


def timelock() -> Flow:
    """Ether and tokens leave it, the second only after the first; a third operation is cancelled, and the last shortens the delay."""
    flow = Flow("timelock")
    lock = flow.create(CONTROLLER, TYPES, 2 * DAYS, [CALLER_ADDRESS], [CALLER_ADDRESS], CALLER_ADDRESS)
    token = flow.token("Gold", "GLD")
    flow.call(lock, "", value=3 * UNIT)
    flow.call(token, "transfer(address,uint256)", lock, 50 * UNIT)
    pay: tuple[Any, ...] = (RECEIVER, UNIT, b"", FIRST, _salt(1))
    give = calldata("transfer(address,uint256)", RECEIVER, 20 * UNIT)
    after = flow.view(lock, f"hashOperation({ONE})", "bytes32", *pay)
    batch: tuple[Any, ...] = ([token, RECEIVER], [0, UNIT], [give, b""], after, _salt(2))
    mistake: tuple[Any, ...] = (token, 0, give, FIRST, _salt(3))
    shorter: tuple[Any, ...] = (lock, 0, calldata("updateDelay(uint256)", DAYS), FIRST, _salt(4))
    for operation in (pay, mistake, shorter):
        flow.call(lock, f"schedule({ONE},uint256)", *operation, 2 * DAYS)
    flow.call(lock, f"scheduleBatch({MANY},uint256)", *batch, 2 * DAYS)
    flow.at(1, 12)
    flow.call(lock, "cancel(bytes32)", flow.view(lock, f"hashOperation({ONE})", "bytes32", *mistake))
    flow.at(14_400, 2 * DAYS)
    flow.call(lock, f"execute({ONE})", *pay)
    flow.call(lock, f"executeBatch({MANY})", *batch)
    flow.call(lock, f"execute({ONE})", *shorter)
    flow.call(lock, "getMinDelay()")
    return flow


def _salt(number: int) -> bytes:
    return number.to_bytes(32, "big")
