"""The workloads by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from audit.bench.swaps import swaps
from audit.bench.workloads import Workload, approve, arith, constructor, transfers, weth

RUNS: Final[dict[str, Callable[[], Workload]]] = {
    "transfer": lambda: transfers(1),
    "transfer10": lambda: transfers(10),
    "transfer100": lambda: transfers(100),
    "transfer1000": lambda: transfers(1000),
    "approve": approve,
    "constructor": constructor,
    "weth": weth,
    "swap100": lambda: swaps(100),
    "arith": lambda: arith(100_000),
}
TRANSPILE: Final = "transpile-largest"
NAMES: Final = (*RUNS, TRANSPILE)
