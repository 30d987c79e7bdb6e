"""Code as hexadecimal text, with clear answers to what is not."""

from __future__ import annotations

import re
from typing import Final

from transpiler.errors import InputError, Place
from transpiler.solc.artifact import Placeholder

MAX_CODE_BYTES: Final = 1 << 20
MAX_HEX_FILE_BYTES: Final = 4 * MAX_CODE_BYTES
_LIBRARY = re.compile(r"__.{36}__|__.{38}")
_WINDOW: Final = 60


def decode_hex(text: str, path: str) -> bytes:
    """The bytes that a file's text states; white space is allowed anywhere, a leading 0x too.

    Raises: InputError if the text is empty, odd, not hexadecimal, or more than 1 MiB of code.
    """
    digits, origins = _squeeze(text)
    if not digits:
        raise InputError("code-empty", "the file holds no code", Place(path), "it should hold hexadecimal digits, like 0x6001")
    wrong = re.search(r"[^0-9a-fA-F]", digits)
    if wrong is not None:
        raise InputError("not-hex", f"{wrong.group()!r} is not a hexadecimal digit", _place(text, origins[wrong.start()], path))
    _check_size(len(digits), path)
    if len(digits) % 2:
        raise InputError(
            "hex-odd",
            f"{len(digits)} hexadecimal digits do not make whole bytes",
            _place(text, origins[-1], path),
            "a digit is missing",
        )
    return bytes.fromhex(digits)


def decode_object(text: str, place: Place) -> tuple[bytes, tuple[Placeholder, ...]]:
    """The bytes of a compiler's `object`, zeros where libraries' addresses are missing, and those places.

    Raises: InputError if the text is not hexadecimal, odd, or more than 1 MiB of code.
    """
    digits = text.removeprefix("0x")
    _check_size(len(digits), place.what)
    found = [(each.start(), each.group()) for each in _LIBRARY.finditer(digits) if each.start() % 2 == 0]
    for start, _ in found:
        digits = digits[:start] + "0" * 40 + digits[start + 40 :]
    if len(digits) % 2 or re.search(r"[^0-9a-fA-F]", digits):
        raise InputError("artefact-malformed", "the code is not hexadecimal", place)
    return bytes.fromhex(digits), tuple(Placeholder(start // 2, 20, "library", f"__{name.strip('_')}__") for start, name in found)


def _check_size(digit_count: int, path: str) -> None:
    if digit_count > 2 * MAX_CODE_BYTES:
        size = digit_count // 2
        raise InputError(
            "code-too-large", f"the code has {size:,} bytes; at most {MAX_CODE_BYTES:,} (1 MiB) are read", Place(path)
        )


def _squeeze(text: str) -> tuple[str, list[int] | range]:
    """The text without white space and leading 0x, and where each of its characters stood."""
    stripped = text.strip()
    first = text.find(stripped[:1]) if stripped else 0
    skip = 2 if stripped[:2] in ("0x", "0X") else 0
    body = stripped[skip:]
    if not re.search(r"\s", body):
        return body, range(first + skip, first + skip + len(body))
    kept = [(each, first + skip + index) for index, each in enumerate(body) if not each.isspace()]
    return "".join(each for each, _ in kept), [index for _, index in kept]


def _place(text: str, offset: int, path: str) -> Place:
    start = text.rfind("\n", 0, offset) + 1
    end = text.find("\n", offset)
    line = text[start : len(text) if end < 0 else end]
    column = offset - start
    cut = max(0, column - _WINDOW)
    shown = line[cut : column + _WINDOW]
    if cut == 0:
        return Place(path, text.count("\n", 0, offset) + 1, column + 1, shown)
    return Place(f"{path} (column {column + 1})", text.count("\n", 0, offset) + 1, column - cut + 1, shown)
