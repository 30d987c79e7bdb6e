"""Typed errors: each has a code, a place, help, and the exit status of a command that ends with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Place:
    """Where something went wrong: a file, a line and column in it (from 1), and that line's text for the caret."""

    what: str
    line: int | None = None
    column: int | None = None
    text: str | None = None

    def __str__(self) -> str:
        parts = [self.what, *(str(number) for number in (self.line, self.column) if number is not None)]
        return ":".join(parts)


class Sol2zkError(Exception):
    """Base of every error that we raise on purpose."""

    exit_code: ClassVar[int] = 70
    label: ClassVar[str] = "error"

    def __init__(self, code: str, message: str, place: Place | str | None = None, hint: str | None = None) -> None:
        super().__init__(code, message, place, hint)
        self.code = code
        self.message = message
        self.place = Place(place) if isinstance(place, str) else place
        self.hint = hint

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place is not None else ""
        return f"{where}{self.message} [{self.code}]"

    def render(self) -> str:
        """The error as a person reads it: message, place, the line with a caret, help."""
        lines = [f"{self.label}[{self.code}]: {self.message}"]
        if self.place is not None:
            lines.append(f"  --> {self.place}")
            if self.place.text is not None:
                lines.append(f"   | {self.place.text}")
                if self.place.column is not None:
                    lines.append("   | " + " " * (self.place.column - 1) + "^")
        if self.hint is not None:
            lines.append(f"  help: {self.hint}")
        return "\n".join(lines)


class InputError(Sol2zkError):
    """What we were given is wrong: a file, an option, a value."""

    exit_code = 2


class Unsupported(Sol2zkError):
    """What we were given is right, but we cannot do it (yet): never a silent guess."""

    exit_code = 4
    label = "unsupported"


class Rejected(Sol2zkError):
    """A proof or receipt that is not valid, or not what was expected."""

    exit_code = 5
    label = "rejected"


class InternalError(Sol2zkError):
    """Our own bug."""

    exit_code = 70
    label = "internal error"
