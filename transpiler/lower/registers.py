"""Registers for the values that cross regions: coalesced along edges, then coloured.

Registers are read (GET) before any register is written (SET) on a way through a region, and written only where control leaves it, so two
values need different registers iff some region takes both, or one is written while another is only parked: across shared code.
Parallel copies need no order: what is copied are wires.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from transpiler.errors import Unsupported
from transpiler.lower.liveness import Liveness, live_edges
from transpiler.lower.regions import Flow
from transpiler.lower.values import Values
from transpiler.ssa.ir import BlockId, Value, dominance_successors

LARGEST_CLASH: Final[int] = 4_000_000
"""Pairs of values; the largest deployed contracts have some 70,000."""


def colour(flow: Flow, values: Values, liveness: Liveness) -> dict[Value, int]:
    """A register for each value that some region takes from one.

    Raises: Unsupported if too many values meet, as in code that unrolls its stack.
    """
    pairs = sum(len(needs.inputs) ** 2 for needs in liveness.values())
    if pairs > LARGEST_CLASH:
        raise Unsupported(
            "S2Z-LOWER-BUDGET", f"{pairs} pairs of values need different registers", hint="the generic tier runs it"
        )
    clash: dict[Value, set[Value]] = {}
    for needs in liveness.values():
        for value in needs.inputs:
            clash.setdefault(value, set()).update(needs.inputs)
    _park(flow, values, liveness, clash)
    _separate_returns(flow, values, liveness, clash)
    for value, others in clash.items():
        others.discard(value)
    classes = _coalesce(flow, values, clash)
    return _paint(classes)


def _conflict(clash: dict[Value, set[Value]], left: Iterable[Value], right: Iterable[Value]) -> None:
    first, second = set(left), set(right)
    for value in first:
        clash[value] |= second
    for value in second:
        clash[value] |= first


def _parked(values: Values, liveness: Liveness, resume: BlockId) -> set[Value]:
    """What a resume takes besides its arguments."""
    return {
        value for value in liveness[resume].inputs if value >= 0 and (value not in values.params or values.home[value] != resume)
    }


def _park(flow: Flow, values: Values, liveness: Liveness, clash: dict[Value, set[Value]]) -> None:
    """Values parked across shared code clash with what that code takes, and with what the invoking region takes if it runs on."""
    bodies: dict[BlockId, set[Value]] = {}
    for ident in flow.order:
        term = flow.blocks[ident].term
        if not term.resumes:
            continue
        entry = term.edges[0].block
        if entry not in bodies:
            bodies[entry] = _touched(flow, values, liveness, entry) & clash.keys()
        for resume in term.resumes:
            parked = _parked(values, liveness, resume)
            if parked:
                _conflict(clash, parked, bodies[entry])
                if flow.region[entry] != entry:
                    _conflict(clash, parked, liveness[flow.region[ident]].inputs)


def _touched(flow: Flow, values: Values, liveness: Liveness, entry: BlockId) -> set[Value]:
    """What the regions that shared code may enter take, nested shared code included, and what its returns write."""
    seen = {entry}
    work = [entry]
    while work:
        for target in dominance_successors(flow.blocks[work.pop()].term):
            if target not in seen:
                seen.add(target)
                work.append(target)
    touched = {value for ident in seen for value in liveness[flow.region[ident]].inputs}
    for ident in seen:
        if flow.blocks[ident].term.kind == "RETURNTO":
            for edge in live_edges(flow.blocks[ident].term, flow):
                touched.update(values.arrival(param) for param, _ in values.edge_args(edge))
    return touched


def _separate_returns(flow: Flow, values: Values, liveness: Liveness, clash: dict[Value, set[Value]]) -> None:
    """A return writes the parameters of all its targets: they must not meet what is parked there, nor each other with another value."""
    for ident in flow.order:
        term = flow.blocks[ident].term
        if term.kind != "RETURNTO":
            continue
        written: dict[Value, set[Value]] = {}
        for edge in live_edges(term, flow):
            for param, arg in values.edge_args(edge):
                if values.arrival(param) in clash:
                    written.setdefault(arg, set()).add(values.arrival(param))
        everything = {param for params in written.values() for param in params}
        for params in written.values():
            _conflict(clash, params, everything - params)
        for edge in live_edges(term, flow):
            _conflict(clash, everything, _parked(values, liveness, edge.block))


def _coalesce(flow: Flow, values: Values, clash: dict[Value, set[Value]]) -> list[tuple[set[Value], set[Value]]]:
    """Classes of values that share a register, with what they clash with; the edges of loops come first."""
    leader: dict[Value, Value] = {}
    members: dict[Value, set[Value]] = {value: {value} for value in clash}

    def find(value: Value) -> Value:
        while value in leader:
            value = leader[value]
        return value

    for left, right in _affinities(flow, values):
        if left not in clash or right not in clash:
            continue
        first, second = find(left), find(right)
        if first == second or not members[second].isdisjoint(clash[first]):
            continue
        if len(members[first]) < len(members[second]):
            first, second = second, first
        leader[second] = first
        members[first] |= members.pop(second)
        clash[first] = clash[first] | clash[second]
    return [(group, clash[first]) for first, group in members.items()]


def _affinities(flow: Flow, values: Values) -> list[tuple[Value, Value]]:
    """(parameter, argument) pairs that would save a copy, back edges first, then the parameters that one return writes alike."""
    place = {ident: index for index, ident in enumerate(flow.order)}
    backward: list[tuple[Value, Value]] = []
    forward: list[tuple[Value, Value]] = []
    alike: list[tuple[Value, Value]] = []
    for ident in flow.order:
        term = flow.blocks[ident].term
        same: dict[Value, Value] = {}
        for edge in live_edges(term, flow):
            if flow.region[edge.block] != edge.block:
                continue
            pairs = backward if place[edge.block] <= place[ident] else forward
            for param, arg in values.edge_args(edge):
                arrival = values.arrival(param)
                pairs.append((arrival, arg))
                if term.kind == "RETURNTO":
                    alike.append((arrival, same.setdefault(arg, arrival)))
    return backward + list(values.arrivals.items()) + alike + forward


def _paint(classes: list[tuple[set[Value], set[Value]]]) -> dict[Value, int]:
    """The smallest free register for each class, in order of the smallest value in it."""
    register: dict[Value, int] = {}
    for group, clash in sorted(classes, key=lambda item: min(item[0])):
        taken = {register[value] for value in clash if value in register}
        free = 0
        while free in taken:
            free += 1
        for value in group:
            register[value] = free
    return register
