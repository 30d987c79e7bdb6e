"""What the transpiler cannot do, as typed values with a place in them."""

from __future__ import annotations

from typing import ClassVar


class TranspilerError(Exception):
    """The base of all errors of this package; it is never raised itself.

    Fields: `code` is stable and machine readable (`S2Z-INPUT-HEX`), `message` says what happened, `place` says where (a file,
    `pc 0x1f`, a node), `hint` says what to do; the last two may be empty. They do not change once set.
    """

    exit_code: ClassVar[int] = 70
    label: ClassVar[str] = "error"

    __slots__ = ("_fields",)

    def __init__(self, code: str, message: str, place: str = "", hint: str = "") -> None:
        self._fields: tuple[str, str, str, str] = (code, message, place, hint)
        super().__init__(code, message, place, hint)  # positional, so that pickling and copying work

    @property
    def code(self) -> str:
        """The stable identifier of the kind of error."""
        return self._fields[0]

    @property
    def message(self) -> str:
        """What happened, in one sentence."""
        return self._fields[1]

    @property
    def place(self) -> str:
        """Where it happened, or nothing."""
        return self._fields[2]

    @property
    def hint(self) -> str:
        """What the user may do about it, or nothing."""
        return self._fields[3]

    def __str__(self) -> str:
        text = f"{self.label}[{self.code}]: {self.message}"
        if self.place:
            text += f"\n  --> {self.place}"
        if self.hint:
            text += f"\n  help: {self.hint}"
        return text

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, TranspilerError) and self._fields == other._fields

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._fields))

    def as_json(self) -> dict[str, str]:
        """The error as it stands in reports and `--json` output."""
        return {"code": self.code, "message": self.message, "place": self.place, "hint": self.hint}


class InputError(TranspilerError):
    """The input is missing, malformed or contradicts itself."""

    exit_code = 2
    label = "error"


class CompileError(InputError):
    """The input is read but does not compile."""

    exit_code = 3
    label = "compile error"


class Unsupported(TranspilerError):
    """A well-formed input needs something that this version does not have; it is never reported as success."""

    exit_code = 4
    label = "unsupported"


class InternalError(TranspilerError):
    """An invariant of ours does not hold: a bug of this program."""

    exit_code = 70
    label = "internal error"
