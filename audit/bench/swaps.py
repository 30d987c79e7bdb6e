"""A hundred trades on a deployed Uniswap v2 pair, through the router, each by a trader of its own."""

from __future__ import annotations

from typing import Any

from audit.bench.workloads import UNIT, Workload, address
from audit.differential import oracle
from audit.flows.builder import FOREVER
from audit.flows.uniswap import SWAP, market
from audit.inputs.abi import calldata, mapping_slot
from zkvm.host.request import state_json


def swaps(count: int) -> Workload:
    """Swaps, each between a fresh trader's two tokens, alternating in direction; the pair is deployed before."""
    flow, tokens, router, _ = market()
    state: dict[str, Any] = state_json(oracle.result(flow.request()).next_state)
    calls = []
    for index in range(count):
        trader = address("trader", index)
        path = tokens if index % 2 == 0 else tokens[::-1]
        storage = state[path[0]]["storage"]
        storage[hex(mapping_slot(trader, 0))] = hex(5 * UNIT)
        storage[hex(mapping_slot(router, mapping_slot(trader, 1)))] = hex(5 * UNIT)
        state[trader] = {"balance": "0x0", "nonce": "0x0", "code": "0x", "storage": {}}
        data = calldata(SWAP, UNIT + index, 1, path, trader, FOREVER)
        calls.append({
            "create": False, "caller": trader, "origin": trader, "to": router, "value": "0x0", "data": "0x" + data.hex(),
            "gas": hex(500_000),
        })  # fmt: skip
    request = {**flow.request(), "contract": router, "state": dict(sorted(state.items())), "calls": calls}
    return Workload(request)
