"""The text form of a graph; `parse(text, code)` gives back what `render` was given.

    cfg Osaka 1234 bytes max_height=17 refined=no unresolved=
    context 0 entry=12 recursive=no height=5 callers=root[0x1f _];0[_ 0x2c]
    node 3 0x1f..0x2a root [_ 0x44] branch step 5 | enter 12 0 1

Slots: `_` any word, `+` any but 0, else the constant. Arcs: `step NODE`, `enter NODE CONTEXT CALLER`, `leave CONTEXT (ARC; ARC)`,
`trap REASON`, `escape PC-or-? REASON`, `dispatch (PC ARC; PC ARC) else ARC`.
"""

from __future__ import annotations

import re

from transpiler.cfg.graph import (
    NONZERO,
    TOP,
    Arc,
    BlockId,
    Branch,
    Caller,
    Cfg,
    Context,
    ContextId,
    Dispatch,
    Enter,
    Escape,
    Exit,
    Goto,
    Halt,
    Leave,
    Node,
    Slot,
    Step,
    Trap,
    Window,
)
from transpiler.errors import InputError
from transpiler.evm.disassemble import Code

_HEAD = re.compile(r"cfg (\S+) (\d+) bytes max_height=(\S+) refined=(\S+) unresolved=(\S*)")
_CONTEXT = re.compile(r"context (\d+) entry=(\d+) recursive=(\S+) height=(\S+) callers=(.*)")
_NODE = re.compile(r"node (\d+) (\S+)\.\.(\S+) (\S+) \[(.*?)\] (.*)")


def render(cfg: Cfg) -> str:
    """The graph as text: a head, a line for each context and node."""
    unresolved = ",".join(hex(pc) for pc in cfg.unresolved)
    height = "-" if cfg.max_height is None else cfg.max_height
    size = len(cfg.code.data)
    lines = [f"cfg {cfg.code.fork} {size} bytes max_height={height} refined={_yes(cfg.refined)} unresolved={unresolved}"]
    for context in cfg.contexts:
        callers = ";".join(f"{_mark(caller.context)}[{_window(caller.low)}]" for caller in context.callers)
        below = "-" if context.height is None else context.height
        lines.append(
            f"context {context.id} entry={context.entry} recursive={_yes(context.recursive)} height={below} callers={callers}"
        )
    for node in cfg.nodes:
        window = _window(node.window)
        lines.append(f"node {node.id} {node.pc:#x}..{node.end:#x} {_mark(node.context)} [{window}] {_exit(node.exit)}")
    return "\n".join(lines) + "\n"


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def _mark(context: int | None) -> str:
    return "root" if context is None else str(context)


def _window(window: Window) -> str:
    return " ".join("_" if slot == TOP else "+" if slot == NONZERO else hex(slot) for slot in window)


def _exit(end: Exit) -> str:
    if isinstance(end, Halt):
        return f"halt {end.kind}"
    if isinstance(end, Branch):
        return f"branch {_arc(end.taken)} | {_arc(end.otherwise)}"
    return f"goto {_arc(end.arc)}"


def _arc(arc: Arc) -> str:
    if isinstance(arc, Step):
        return f"step {arc.target}"
    if isinstance(arc, Enter):
        return f"enter {arc.target} {arc.context} {arc.caller}"
    if isinstance(arc, Trap):
        return f"trap {arc.reason}"
    if isinstance(arc, Escape):
        return f"escape {'?' if arc.pc is None else hex(arc.pc)} {arc.reason}"
    if isinstance(arc, Leave):
        return f"leave {arc.context} ({'; '.join(_arc(way) for way in arc.continuations)})"
    cases = "; ".join(f"{pc:#x} {_arc(way)}" for pc, way in arc.cases)
    return f"dispatch ({cases}) else {_arc(arc.default)}"


def parse(text: str, code: Code) -> Cfg:
    """The graph that a text describes.

    Raises: InputError at a line that is none of the three kinds, or a head for another code.
    """
    head, *lines = text.splitlines()
    found = _HEAD.fullmatch(head)
    if found is None or (found[1], int(found[2])) != (code.fork, len(code.data)):
        raise InputError("S2Z-CFG-TEXT", "the head is not that of a graph of this code", "line 1")
    contexts: list[Context] = []
    nodes: list[Node] = []
    for number, line in enumerate(lines, 2):
        try:
            if line.startswith("context "):
                contexts.append(_read_context(line))
            else:
                nodes.append(_read_node(line, code))
        except (ValueError, IndexError, TypeError) as error:
            raise InputError("S2Z-CFG-TEXT", f"not a line of a graph: {line[:80]}", f"line {number}") from error
    unresolved = tuple(int(pc, 16) for pc in found[5].split(",") if pc)
    height = None if found[3] == "-" else int(found[3])
    return Cfg(code, tuple(nodes), tuple(contexts), unresolved, height, found[4] == "yes")


def _read_context(line: str) -> Context:
    found = _CONTEXT.fullmatch(line)
    if found is None:
        raise ValueError(line)
    callers: list[Caller] = []
    for text in found[5].split(";") if found[5] else ():
        mark, low = text.rstrip("]").split("[")
        callers.append(Caller(_read_mark(mark), _read_window(low)))
    height = None if found[4] == "-" else int(found[4])
    return Context(ContextId(int(found[1])), BlockId(int(found[2])), tuple(callers), found[3] == "yes", height)


def _read_node(line: str, code: Code) -> Node:
    found = _NODE.fullmatch(line)
    if found is None:
        raise ValueError(line)
    pc, end = int(found[2], 16), int(found[3], 16)
    count = len(code.instructions)
    first, last = code.at.get(pc, count), code.at.get(end, count)
    reader = _Reader(found[6])
    exit_ = reader.exit()
    if reader.words:
        raise ValueError(line)
    return Node(BlockId(int(found[1])), pc, end, first, last, _read_mark(found[4]), _read_window(found[5]), exit_)


def _read_mark(text: str) -> ContextId | None:
    return None if text == "root" else ContextId(int(text))


def _read_window(text: str) -> tuple[Slot, ...]:
    return tuple(TOP if word == "_" else NONZERO if word == "+" else int(word, 16) for word in text.split())


class _Reader:
    """Reads exits and arcs from words; `( ) ; |` are words of their own."""

    def __init__(self, text: str) -> None:
        self.words: list[str] = re.findall(r"[();|]|[^\s();|]+", text)[::-1]

    def word(self) -> str:
        """The next word."""
        return self.words.pop()

    def expect(self, text: str) -> None:
        """The next word, which must be `text`."""
        if self.word() != text:
            raise ValueError(text)

    def exit(self) -> Exit:
        """An exit."""
        kind = self.word()
        if kind == "halt":
            return Halt(self.word())
        arc = self.arc()
        if kind == "goto":
            return Goto(arc)
        self.expect("|")
        return Branch(arc, self.arc())

    def arc(self) -> Arc:
        """An arc."""
        kind = self.word()
        if kind == "step":
            return Step(BlockId(int(self.word())))
        if kind == "enter":
            return Enter(BlockId(int(self.word())), ContextId(int(self.word())), int(self.word()))
        if kind == "trap":
            return Trap(self.word())
        if kind == "escape":
            pc, reason = self.word(), self.word()
            return Escape(None if pc == "?" else int(pc, 16), reason)
        if kind == "leave":
            context = ContextId(int(self.word()))
            return Leave(context, tuple(arc for _, arc in self.ways(cases=False)))
        if kind != "dispatch":
            raise ValueError(kind)
        cases = tuple(self.ways(cases=True))
        self.expect("else")
        return Dispatch(cases, self.arc())

    def ways(self, *, cases: bool) -> list[tuple[int, Arc]]:
        """`(ARC; ARC)`, or with a pc before each arc."""
        self.expect("(")
        found: list[tuple[int, Arc]] = []
        while True:
            pc = int(self.word(), 16) if cases else 0
            found.append((pc, self.arc()))
            if self.word() == ")":
                return found
