"""Chunks: straight runs of rows with what comes after them, before they have a place in the program."""

from __future__ import annotations

from dataclasses import dataclass, field

from transpiler.lower.draft import Result, Row


@dataclass(slots=True, eq=False)
class Chunk:
    """Rows of one block or edge.

    Shape: `rows` in order, the last of them ends the frame or leaves the region by itself if `targets` is empty; one target: control goes on
    there; two targets: `branch` (taken, inverse, operands) goes to the first if it holds. `gas` is charged before control leaves.
    """

    pc: int
    cold: bool
    head: bool
    rows: list[Row] = field(default_factory=list)
    targets: list[Chunk] = field(default_factory=list)
    branch: tuple[str, str, tuple[Result, ...]] | None = None
    gas: int = 0
    waits: int = 0
    """Chunks that jump here and have no place yet; a head does not wait."""
    placed: bool = False
