"""The flows by name; `source` in it: the same protocol from its sources, so that a check of a source counts its functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from audit.flows.builder import Flow
from audit.flows.pair import pair_source
from audit.flows.safe import safe, safe_source
from audit.flows.small import clones, council, create3, upgrade, vault
from audit.flows.timelock import timelock
from audit.flows.uniswap import router_source, uniswap
from audit.flows.wallets import entry_point, entry_point_source

FLOWS: Final[dict[str, Callable[[], Flow]]] = {
    "uniswap-v2": uniswap,
    "uniswap-v2-source": pair_source,
    "uniswap-v2-router-source": router_source,
    "safe": safe,
    "safe-source": safe_source,
    "entry-point": entry_point,
    "entry-point-source": entry_point_source,
    "uups": upgrade,
    "erc4626": vault,
    "council": council,
    "timelock": timelock,
    "clones": clones,
    "create3": create3,
}
