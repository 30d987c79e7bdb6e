"""Pragmas and imports of a source, found by its tokens: comments and strings never fool it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n\r]*|/\*.*?(?:\*/|\Z))
      | (?P<string>(?:unicode)?(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))
      | (?P<pragma>\bpragma\s+solidity\b(?P<range>[^;]*);)
      | (?P<word>[A-Za-z_$][\w$]*)
      | (?P<end>;)""",
    re.VERBOSE | re.DOTALL,
)
_COMMENT = re.compile(r"/\*.*?\*/|//[^\n\r]*", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mention:
    """A text and where it begins.

    Units: offset in characters.
    """

    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What a source says before it is compiled."""

    pragmas: tuple[Mention, ...]
    imports: tuple[Mention, ...]


def scan(source: str) -> Scan:
    """The version pragmas and imported paths of a source, in order."""
    pragmas, imports = [], []
    importing = False
    for token in _TOKEN.finditer(source):
        kind = token.lastgroup
        if kind == "range" or token["pragma"]:
            text = _COMMENT.sub(" ", token["range"])
            pragmas.append(Mention(text.strip(), token.start("range") + len(text) - len(text.lstrip())))
        elif kind == "word":
            importing = importing or token.group() == "import"
        elif kind == "end":
            importing = False
        elif kind == "string" and importing:
            importing = False
            imports.append(Mention(_ESCAPE.sub(r"\1", token.group()[1:-1]), token.start()))
    return Scan(tuple(pragmas), tuple(imports))


def line_and_column(source: str, offset: int) -> tuple[int, int, str]:
    """Line and column (from 1) of an offset, and that line's text."""
    start = source.rfind("\n", 0, offset) + 1
    end = source.find("\n", offset)
    return source.count("\n", 0, offset) + 1, offset - start + 1, source[start : len(source) if end < 0 else end].rstrip("\r")
