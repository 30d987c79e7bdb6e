"""The certificate bites: each way of spoiling a graph is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.unit.transpiler.cfg.programs import PROGRAMS
from transpiler.cfg.build import build
from transpiler.cfg.certificate import Certificate, certify, check
from transpiler.cfg.graph import Branch, Caller, Cfg, Context, Dispatch, Enter, Escape, Exit, Goto, Halt, Leave, Node, Step, Trap
from transpiler.errors import InternalError
from transpiler.evm.assemble import assemble
from transpiler.evm.disassemble import disassemble


def graph(name: str) -> Cfg:
    return build(disassemble(assemble(PROGRAMS[name]), "Osaka"))


def with_exit(cfg: Cfg, wanted: Callable[[Node], bool], change: Callable[[Node], Exit]) -> Cfg:
    """The graph with another exit at the first node that is wanted."""
    index = next(node.id for node in cfg.nodes if wanted(node))
    nodes = list(cfg.nodes)
    nodes[index] = replace(nodes[index], exit=change(nodes[index]))
    return replace(cfg, nodes=tuple(nodes))


def with_context(cfg: Cfg, change: Callable[[Context], Context]) -> Cfg:
    return replace(cfg, contexts=(change(cfg.contexts[0]), *cfg.contexts[1:]))


def drop_branch(cfg: Cfg) -> Cfg:
    def one_way(node: Node) -> Exit:
        assert isinstance(node.exit, Branch)
        return Goto(node.exit.taken)

    return with_exit(cfg, lambda node: isinstance(node.exit, Branch), one_way)


def swap_branch(cfg: Cfg) -> Cfg:
    def swapped(node: Node) -> Exit:
        assert isinstance(node.exit, Branch)
        return Branch(node.exit.otherwise, node.exit.taken)

    return with_exit(cfg, lambda node: isinstance(node.exit, Branch), swapped)


def drop_continuation(cfg: Cfg) -> Cfg:
    def shorter(node: Node) -> Exit:
        assert isinstance(node.exit, Goto)
        assert isinstance(node.exit.arc, Leave)
        return Goto(replace(node.exit.arc, continuations=node.exit.arc.continuations[:1]))

    return with_exit(cfg, lambda node: isinstance(node.exit, Goto) and isinstance(node.exit.arc, Leave), shorter)


def swap_continuations(cfg: Cfg) -> Cfg:
    def swapped(node: Node) -> Exit:
        assert isinstance(node.exit, Goto)
        assert isinstance(node.exit.arc, Leave)
        return Goto(replace(node.exit.arc, continuations=node.exit.arc.continuations[::-1]))

    return with_exit(cfg, lambda node: isinstance(node.exit, Goto) and isinstance(node.exit.arc, Leave), swapped)


def drop_caller(cfg: Cfg) -> Cfg:
    return with_context(cfg, lambda context: replace(context, callers=context.callers[:1]))


def wrong_caller(cfg: Cfg) -> Cfg:
    def other(node: Node) -> Exit:
        assert isinstance(node.exit, Goto)
        assert isinstance(node.exit.arc, Enter)
        return Goto(replace(node.exit.arc, caller=1 - node.exit.arc.caller))

    return with_exit(cfg, lambda node: isinstance(node.exit, Goto) and isinstance(node.exit.arc, Enter), other)


def lower_height(cfg: Cfg) -> Cfg:
    return with_context(cfg, lambda context: replace(context, height=0))


def narrow_low(cfg: Cfg) -> Cfg:
    def narrower(context: Context) -> Context:
        first, *others = context.callers
        return replace(context, callers=(Caller(first.context, first.low[:-1]), *others))

    return with_context(cfg, narrower)


def lower_max_height(cfg: Cfg) -> Cfg:
    return replace(cfg, max_height=1)


def change_window(cfg: Cfg) -> Cfg:
    nodes = list(cfg.nodes)
    index = next(node.id for node in nodes if node.id and node.window)
    nodes[index] = replace(nodes[index], window=(3, *nodes[index].window[1:]))
    return replace(cfg, nodes=tuple(nodes))


def widen_window(cfg: Cfg) -> Cfg:
    nodes = list(cfg.nodes)
    index = next(node.id for node in nodes if node.id and node.window)
    nodes[index] = replace(nodes[index], window=(-1, *nodes[index].window))
    return replace(cfg, nodes=tuple(nodes))


def end_early(cfg: Cfg) -> Cfg:
    nodes = list(cfg.nodes)
    nodes[0] = replace(nodes[0], end=nodes[0].end - 1)
    return replace(cfg, nodes=tuple(nodes))


def halt_instead(cfg: Cfg) -> Cfg:
    return with_exit(cfg, lambda node: not isinstance(node.exit, Halt), lambda node: Halt("STOP"))


def trap_instead(cfg: Cfg) -> Cfg:
    return with_exit(cfg, lambda node: isinstance(node.exit, Goto), lambda node: Goto(Trap("BADJUMP")))


def wrong_halt(cfg: Cfg) -> Cfg:
    return with_exit(cfg, lambda node: isinstance(node.exit, Halt), lambda node: Halt("RETURN"))


def elsewhere(cfg: Cfg) -> Cfg:
    return with_exit(cfg, lambda node: isinstance(node.exit, Goto), lambda node: Goto(Step(node.id)))


def no_such_node(cfg: Cfg) -> Cfg:
    return with_exit(cfg, lambda node: isinstance(node.exit, Goto), lambda node: Goto(Step(type(node.id)(999))))


def wrong_entry(cfg: Cfg) -> Cfg:
    return replace(cfg, nodes=cfg.nodes[1:])


def drop_case(cfg: Cfg) -> Cfg:
    def fewer(node: Node) -> Exit:
        assert isinstance(node.exit, Goto)
        assert isinstance(node.exit.arc, Dispatch)
        return Goto(replace(node.exit.arc, cases=node.exit.arc.cases[1:]))

    return with_exit(cfg, lambda node: isinstance(node.exit, Goto) and isinstance(node.exit.arc, Dispatch), fewer)


def trap_an_open_jump(cfg: Cfg) -> Cfg:
    def closed(node: Node) -> Exit:
        return Goto(Dispatch((), Trap("BADJUMP")))

    return with_exit(cfg, lambda node: isinstance(node.exit, Goto) and isinstance(node.exit.arc, Escape), closed)


SPOILED = [
    ("table", drop_case, "dispatch"), ("table_any", trap_an_open_jump, "dispatch"), ("storage", trap_an_open_jump, "dispatch"),
    ("table_dirty", trap_an_open_jump, "dispatch"),
    ("loop", drop_branch, "branch"), ("loop", swap_branch, "edge"), ("loop", change_window, "window"), ("loop", widen_window, "window"),
    ("loop", end_early, "block"), ("loop", halt_instead, "halt"), ("loop", wrong_halt, "halt"), ("loop", elsewhere, "edge"),
    ("loop", no_such_node, "edge"), ("loop", wrong_entry, "entry"), ("loop", lower_max_height, "height"), ("loop", trap_instead, "trap"),
    ("shared", drop_continuation, "leave"), ("shared", swap_continuations, "window"), ("shared", drop_caller, "enter"),
    ("shared", wrong_caller, "window"), ("shared", lower_height, "height"), ("shared", narrow_low, "window"),
    ("shared", change_window, "window"), ("try", drop_branch, "branch"), ("try", change_window, "window"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "spoil", "rule"), SPOILED, ids=[f"{name}-{spoil.__name__}" for name, spoil, _ in SPOILED])
def test_a_spoiled_graph_fails(name: str, spoil: Callable[[Cfg], Cfg], rule: str) -> None:
    cfg = graph(name)
    assert check(cfg) == ()
    failures = check(spoil(cfg))
    assert rule in {failure.rule for failure in failures}
    with pytest.raises(InternalError, match="S2Z-CFG-CERTIFICATE"):
        certify(spoil(cfg))


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_sound_graph_passes(name: str) -> None:
    cfg = graph(name)
    found = certify(cfg)
    assert isinstance(found, Certificate)
    assert (found.nodes, found.contexts) == (len(cfg.nodes), len(cfg.contexts))
