"""Names of the EVM's rule sets as people write them."""

from __future__ import annotations

from typing import Final

from zkvm.errors import InputError, Place
from zkvm.isa.table import FORKS

ALIASES: Final[dict[str, str]] = {
    "merge": "Paris",
    "eip150": "TangerineWhistle",
    "eip158": "SpuriousDragon",
    "constantinoplefix": "Petersburg",
    "arrowglacier": "London",
    "grayglacier": "London",
}
_BY_NAME: Final = {name.lower(): name for name in FORKS} | ALIASES


def parse_fork(text: str, place: Place | None = None) -> str:
    """The rule set of a name, whatever its case.

    Raises: InputError if there is none.
    """
    found = _BY_NAME.get(text.replace("_", "").replace(" ", "").lower())
    if found is None:
        raise InputError("fork-unknown", f"there is no rule set {text!r}", place, f"they are {', '.join(FORKS)}")
    return found
