"""The text form round-trips."""

from __future__ import annotations

import pytest

from tests.unit.transpiler.cfg.programs import PROGRAMS
from transpiler.cfg.build import build, resolve
from transpiler.cfg.graph import Cfg, Dispatch, Escape, Goto, Node, Step
from transpiler.cfg.text import parse, render
from transpiler.errors import InputError
from transpiler.evm.assemble import assemble
from transpiler.evm.disassemble import disassemble


@pytest.mark.parametrize("name", PROGRAMS)
def test_round_trip(name: str) -> None:
    code = disassemble(assemble(PROGRAMS[name]), "Osaka")
    for cfg in (build(code), resolve(code)):
        assert cfg is not None
        assert parse(render(cfg), code) == cfg


def test_dispatch_round_trips() -> None:
    code = disassemble(assemble("0 SLOAD JUMP a: STOP b: STOP"), "Osaka")
    node = build(code).nodes[0]
    arc = Dispatch(((4, Step(node.id)), (6, Step(node.id))), Escape(None, "jump"))
    cfg = Cfg(code, (Node(node.id, 0, 4, 0, 3, None, (-1, -2, 4), Goto(arc)),), (), (3,), 2, True)
    assert parse(render(cfg), code) == cfg


def test_a_line_reads_well() -> None:
    code = disassemble(assemble(PROGRAMS["loop"]), "Osaka")
    assert "node 1 0x2..0xc root [_] branch step 1 | step 2" in render(build(code)).splitlines()


@pytest.mark.parametrize(
    "line", ["node", "node x 0x0..0x1 root [] halt STOP", "node 0 0x0..0x1 root [] goto", "context 0", "hello"]
)
def test_other_text_is_refused(line: str) -> None:
    code = disassemble(b"\0", "Osaka")
    head = render(build(code)).splitlines()[0]
    with pytest.raises(InputError, match="S2Z-CFG-TEXT"):
        parse(f"{head}\n{line}\n", code)
