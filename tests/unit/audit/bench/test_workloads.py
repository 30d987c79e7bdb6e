"""The workloads run as they are described."""

from __future__ import annotations

import pytest

from audit.bench.catalogue import NAMES, RUNS, TRANSPILE
from audit.bench.workloads import UNIT, transfers
from audit.inputs.abi import mapping_slot
from zkvm import proof

needs_extension = pytest.mark.skipif(not proof.available(), reason="the extension is not built: make setup")


def test_the_names() -> None:
    transfer = ("transfer", "transfer10", "transfer100", "transfer1000")
    assert (*transfer, "approve", "constructor", "weth", "swap100", "arith", "transpile-largest") == NAMES
    assert TRANSPILE not in RUNS


def test_mapping_slots() -> None:
    """Source: Solidity's documentation of storage layout; the value is that of geth's tests for key 0 of the mapping at slot 0."""
    assert mapping_slot("0x" + "00" * 20, 0) == 0xAD3228B676F7D3CD4284A5443F17F1962B36E491B30A40B2405849E597BA5FB5


@needs_extension
@pytest.mark.parametrize("count", [1, 10])
def test_each_transfer_is_between_two_accounts_of_its_own(count: int) -> None:
    workload = transfers(count)
    calls = workload.request["calls"]
    receivers = ["0x" + call["data"][34:74] for call in calls]
    assert len({*receivers, *(call["caller"] for call in calls)}) == 2 * count
    result = workload.library.run(workload.request)
    assert [each["status"] for each in result["calls"]] == ["success"] * count
    assert all(len(each["logs"]) == 1 for each in result["calls"])
    storage = result["state"][workload.request["contract"]]["storage"]
    for index, receiver in enumerate(receivers):
        assert int(storage[hex(mapping_slot(receiver, 0))], 16) == UNIT + index


@pytest.mark.long
@needs_extension
@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("approve", ["success"]),
        ("constructor", ["success"]),
        ("weth", ["success", "success", "revert"]),
        ("swap100", ["success"] * 100),
        ("arith", ["success"]),
    ],
)
def test_the_others_end_as_described(name: str, statuses: list[str]) -> None:
    workload = RUNS[name]()
    assert [each["status"] for each in workload.library.run(workload.request)["calls"]] == statuses
