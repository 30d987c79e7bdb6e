"""The control-flow graph as `--emit cfg` shows it: blocks by program counter, whatever contexts they were seen in."""

from __future__ import annotations

from typing import Any

from transpiler.cfg.build import overview
from transpiler.cfg.views import as_json
from transpiler.evm.disassemble import disassemble


def cfg_json(code: bytes, fork: str) -> dict[str, Any]:
    """Blocks and edges by the pcs of block starts, both sorted, each once; `end` is the pc after the block.

    Code that can run past its end has a block there without bytes: the STOP that the EVM puts there.
    """
    view = as_json(overview(disassemble(code, fork)), "")
    del view["name"]
    return view
