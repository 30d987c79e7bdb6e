"""The flows by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from audit.flows.builder import Flow
from audit.flows.safe import safe
from audit.flows.small import clones, council, create3, upgrade, vault
from audit.flows.uniswap import uniswap
from audit.flows.wallets import entry_point

FLOWS: Final[dict[str, Callable[[], Flow]]] = {
    "uniswap-v2": uniswap,
    "safe": safe,
    "entry-point": entry_point,
    "uups": upgrade,
    "erc4626": vault,
    "council": council,
    "clones": clones,
    "create3": create3,
}
