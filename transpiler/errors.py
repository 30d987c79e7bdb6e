"""The transpiler's typed errors: the machine's, which have a code, a place and help, and the one that only compilers have."""

from __future__ import annotations

from zkvm.errors import InputError, InternalError, Place, Sol2zkError, Unsupported

__all__ = ["CompileError", "InputError", "InternalError", "Place", "Sol2zkError", "Unsupported"]


class CompileError(InputError):
    """A source that was read but does not compile."""

    exit_code = 3
    label = "compile error"
