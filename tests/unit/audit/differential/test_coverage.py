"""Coverage counts blocks and edges of the static graph."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit.differential import oracle
from audit.differential.campaign import CheckResult
from audit.differential.coverage import Seen, collect, coverage
from audit.differential.interface import interface_of
from audit.differential.subject import Target
from audit.inputs.calls import Call, CallFile
from audit.inputs.request import Subject, build_request
from transpiler.solc.artifact import CodeObject
from zkvm import proof

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")

CODE = bytes.fromhex("36600757 5f 5ffd 5b 6001 5f 55 5b 00".replace(" ", ""))
"""Reverts without call data; else stores and falls into a JUMPDEST."""


def measure(*datas: bytes) -> tuple[int, int, int, int, tuple[str, ...]]:
    target = Target(Subject("x", CODE, None), interface_of(None, CODE, "Osaka"), None, CodeObject("runtime", CODE), (), "Osaka")
    seen: dict[str, Seen] = {}
    for data in datas:
        request = build_request(CallFile((Call(data=data),)), target.subject)
        collect(seen, target, request, oracle.run(request, trace=True))
    found = coverage(target, seen)[0]
    return found.blocks, found.blocks_reached, found.edges, found.edges_reached, found.outside


def test_each_way_counts_once() -> None:
    assert measure() == (4, 0, 3, 0, ())
    assert measure(b"") == (4, 2, 3, 1, ())
    assert measure(b"\1") == (4, 3, 3, 2, ())
    assert measure(b"\1", b"", b"\2") == (4, 4, 3, 3, ())


def test_a_run_outside_a_closed_graph_is_a_finding() -> None:
    """A graph that lost an edge: what the EVM runs there must not pass for coverage."""
    target = Target(Subject("x", CODE, None), interface_of(None, CODE, "Osaka"), None, CodeObject("runtime", CODE), (), "Osaka")
    found = coverage(target, {"runtime": Seen({0, 1, 3, 5}, {(3, 5)})})[0]
    assert found.outside == ("0x3->0x5",)
    assert found.closed
    assert found.broken
    result = CheckResult("x", "Osaka", 1, 1, 1, (), (found,), (), 0, False, 0.0)
    assert result.exit_code == 1
    assert CheckResult("x", "Osaka", 1, 1, 1, (), (replace(found, closed=False),), (), 0, False, 0.0).exit_code == 0
