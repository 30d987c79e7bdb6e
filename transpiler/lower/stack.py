"""The EVM stack of the generic tier inside one block: values not yet stored, slots not yet loaded."""

from __future__ import annotations

from transpiler.lower.draft import Draft, Result, Row


class VirtualStack:
    """The stack above some depth: an entry is a value, or a number: the slot at that depth (0 = top) as it was at the last flush."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._entries: list[Result | int] = []
        self._covered = 0
        self._loaded: dict[int, Row] = {}

    def push(self, value: Result) -> None:
        """Pushes a value."""
        self._entries.append(value)

    def pop(self, pc: int) -> Result:
        """Pops a value, loading it if it lies in stack space."""
        self._reach(1)
        return self._load(self._entries.pop(), pc)

    def drop(self) -> None:
        """Pops without loading."""
        self._reach(1)
        self._entries.pop()

    def dup(self, depth: int) -> None:
        """DUP`depth`."""
        self._reach(depth)
        self._entries.append(self._entries[-depth])

    def swap(self, depth: int) -> None:
        """SWAP`depth`."""
        self._reach(depth + 1)
        entries = self._entries
        entries[-1], entries[-1 - depth] = entries[-1 - depth], entries[-1]

    def clear(self) -> None:
        """Forgets everything: the frame ends."""
        self._entries = []
        self._covered = 0
        self._loaded = {}

    def flush(self, pc: int) -> None:
        """Stores what changed; afterwards stack space is the whole stack."""
        entries, covered = self._entries, self._covered
        values = [
            (covered - 1 - place, self._load(entry, pc)) for place, entry in enumerate(entries) if entry != covered - 1 - place
        ]
        for depth, value in values:
            self._draft.add("SST", value, 0, depth, pc=pc)
        if len(entries) != covered:
            self._draft.add("SADJ", 0, 0, len(entries) - covered, pc=pc)
        self.clear()

    def _reach(self, count: int) -> None:
        missing = count - len(self._entries)
        if missing > 0:
            self._entries[:0] = range(self._covered + missing - 1, self._covered - 1, -1)
            self._covered += missing

    def _load(self, entry: Result | int, pc: int) -> Result:
        if not isinstance(entry, int):
            return entry
        row = self._loaded.get(entry)
        if row is None:
            row = self._loaded[entry] = self._draft.add("SLD", 0, 0, entry, pc=pc)
        return row
