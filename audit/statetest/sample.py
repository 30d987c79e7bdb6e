"""A sample of test vectors, spread over their folders."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from random import Random

from audit.statetest.vectors import Vector


def spread(vectors: Sequence[Vector], count: int, seed: int) -> list[Vector]:
    """So many of the vectors, in their order: of each folder one, then of each a second, and so on; which ones the seed says."""
    random = Random(seed)  # noqa: S311
    folders: dict[Path, list[int]] = {}
    for index, vector in enumerate(vectors):
        folders.setdefault(Path(vector.file).parent, []).append(index)
    for indices in folders.values():
        random.shuffle(indices)
    in_turn = [index for round_ in zip_longest(*folders.values()) for index in round_ if index is not None]
    return [vectors[index] for index in sorted(in_turn[:count])]
