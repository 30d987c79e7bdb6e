"""What the graph of each small program looks like, and that its certificate passes."""

from __future__ import annotations

import pytest

from tests.unit.transpiler.cfg.programs import PROGRAMS, pcs
from transpiler.cfg.build import build, escapes, resolve
from transpiler.cfg.certificate import certify
from transpiler.cfg.graph import BlockId, Branch, Cfg, Dispatch, Enter, Escape, Goto, Halt, Leave, Step, Trap
from transpiler.evm.assemble import assemble
from transpiler.evm.disassemble import disassemble


def graph(name: str) -> Cfg:
    cfg = build(disassemble(assemble(PROGRAMS[name]), "Osaka"))
    certify(cfg)
    return cfg


def step(node: int) -> Step:
    return Step(BlockId(node))


def test_straight() -> None:
    (node,) = graph("straight").nodes
    assert (node.pc, node.end, node.first, node.last, node.window, node.exit) == (0, 6, 0, 4, (), Halt("STOP"))


def test_loop() -> None:
    cfg = graph("loop")
    assert [node.exit for node in cfg.nodes] == [Goto(step(1)), Branch(step(1), step(2)), Halt("STOP")]
    assert cfg.max_height == 3


def test_a_function_with_one_caller_is_inlined() -> None:
    cfg = graph("called")
    assert not cfg.contexts
    assert [node.exit for node in cfg.nodes] == [Goto(step(2)), Halt("STOP"), Goto(step(1))]


def test_a_shared_function_is_a_context() -> None:
    cfg = graph("shared")
    (context,) = cfg.contexts
    assert len(context.callers) == 2
    assert all(caller.context is None for caller in context.callers)
    assert not context.recursive
    entry = cfg.nodes[context.entry]
    assert entry.context == context.id
    assert isinstance(entry.exit, Goto)
    leave = entry.exit.arc
    assert isinstance(leave, Leave)
    assert len({cfg.nodes[way.target].window for way in leave.continuations if isinstance(way, Step)}) == 2
    enters = [node.exit.arc for node in cfg.nodes if isinstance(node.exit, Goto) and isinstance(node.exit.arc, Enter)]
    assert sorted(enter.caller for enter in enters) == [0, 1]
    assert escapes(cfg) == 0


def test_recursion_is_resolved_and_escapes_at_its_entry() -> None:
    code = disassemble(assemble(PROGRAMS["recursion"]), "Osaka")
    resolved = resolve(code)
    assert resolved is not None
    assert any(context.recursive and context.height is None for context in resolved.contexts)
    assert (resolved.max_height, escapes(resolved), resolved.unresolved) == (None, 0, ())
    cfg = graph("recursion")
    assert not any(context.recursive for context in cfg.contexts)
    assert escapes(cfg) > 0
    assert cfg.unresolved == ()


def test_refinement_closes_a_jump() -> None:
    cfg = graph("try")
    assert cfg.refined
    assert (cfg.unresolved, escapes(cfg)) == ((), 0)


def test_a_pointer_in_half_a_word_is_followed() -> None:
    cfg = graph("pointers")
    assert (cfg.unresolved, escapes(cfg), cfg.refined) == ((), 0, False)
    assert {node.exit for node in cfg.nodes if isinstance(node.exit, Halt)} == {Halt("STOP"), Halt("REVERT")}


def test_a_pointer_from_storage_escapes_in_the_root() -> None:
    cfg = graph("storage")
    assert len(cfg.unresolved) == 1
    arcs = [node for node in cfg.nodes if isinstance(node.exit, Goto) and node.exit.arc == Escape(None, "jump")]
    assert [node.context for node in arcs] == [None]


@pytest.mark.parametrize(
    ("name", "last"), [("push_data", Halt("BADJUMP")), ("masked", Halt("STOP")), ("off_the_end", Halt("STOP"))]
)
def test_ends(name: str, last: Halt) -> None:
    assert graph(name).nodes[-1].exit == last


def test_running_off_the_end_is_a_node() -> None:
    cfg = graph("off_the_end")
    assert cfg.nodes[0].exit == Branch(Trap("BADJUMP"), step(1))
    assert (cfg.nodes[1].pc, cfg.nodes[1].end) == (4, 4)


def test_underflow_and_overflow_halt() -> None:
    assert Halt("UNDERFLOW") in [node.exit for node in graph("underflow").nodes]
    cfg = graph("deep")
    assert cfg.nodes[-1].exit == Halt("OVERFLOW")
    assert cfg.max_height == 1024


def test_known_conditions_have_one_way() -> None:
    cfg = graph("constant_condition")
    assert [type(node.exit) for node in cfg.nodes] == [Goto, Goto, Halt]
    assert len(pcs(cfg)) == 3


def test_empty_code_stops() -> None:
    cfg = build(disassemble(b"", "Osaka"))
    certify(cfg)
    assert [node.exit for node in cfg.nodes] == [Halt("STOP")]


def test_forks_see_different_programs() -> None:
    code = bytes.fromhex("5f5ffd")
    assert build(disassemble(code, "Osaka")).nodes[0].exit == Halt("REVERT")
    assert build(disassemble(code, "Paris")).nodes[0].exit == Halt("INVALID")


def test_the_node_budget_ends_in_the_generic_tier() -> None:
    # every label pushes two labels more: no window repeats until the stack is full
    labels = [f"l{i}: @l{(7 * i + 3) % 40} @l{(11 * i + 5) % 40} DUP2 CALLVALUE SWAP1 JUMPI JUMP" for i in range(40)]
    cfg = build(disassemble(assemble("\n".join(labels)), "Osaka"))
    certify(cfg)
    if len(cfg.nodes) == 1:
        assert cfg.nodes[0].exit == Goto(Escape(0, "budget"))


def test_a_table_of_targets_is_closed() -> None:
    cfg = graph("table")
    code = cfg.code
    assert (cfg.unresolved, escapes(cfg)) == ((), 0)
    (arc,) = [node.exit.arc for node in cfg.nodes if isinstance(node.exit, Goto) and isinstance(node.exit.arc, Dispatch)]
    assert isinstance(arc, Dispatch)
    assert arc.default == Trap("BADJUMP")
    assert [pc for pc, _ in arc.cases] == sorted(code.jumpdests)[:3]
    assert {type(cfg.nodes[way.target].exit) for _, way in arc.cases if isinstance(way, Step)} == {Halt}


@pytest.mark.parametrize("name", ["table_any", "table_dirty", "table_cycle"])
def test_a_table_that_is_not_known_stays_open(name: str) -> None:
    cfg = graph(name)
    assert len(cfg.unresolved) == 1
    assert escapes(cfg) == 1
