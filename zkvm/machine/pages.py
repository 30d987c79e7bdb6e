"""Byte memory that is 0 before it is written (ISA 4.1), kept in pages so that far offsets cost nothing."""

from __future__ import annotations

from typing import Final

_PAGE: Final[int] = 1 << 16


class Pages:
    """A sparse byte array."""

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = {}

    def read(self, offset: int, size: int) -> bytes:
        """The bytes offset .. offset + size."""
        index, start = divmod(offset, _PAGE)
        if start + size <= _PAGE:
            page = self._pages.get(index)
            return bytes(size) if page is None else bytes(page[start : start + size])
        out = bytearray()
        while size:
            part = min(size, _PAGE - start)
            page = self._pages.get(index)
            out += bytes(part) if page is None else page[start : start + part]
            size -= part
            index, start = index + 1, 0
        return bytes(out)

    def write(self, offset: int, data: bytes) -> None:
        """Set the bytes from offset on."""
        at = 0
        while at < len(data):
            index, start = divmod(offset + at, _PAGE)
            part = data[at : at + _PAGE - start]
            page = self._pages.get(index)
            if page is None:
                page = self._pages[index] = bytearray(_PAGE)
            page[start : start + len(part)] = part
            at += len(part)
