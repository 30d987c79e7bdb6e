"""Memory and copies into it (ISA 3.4, 3.6, 4.1)."""

from __future__ import annotations

from zkvm.isa.rules import COPY_WORD_GAS, HASH_WORD_GAS
from zkvm.machine.frame import Frame
from zkvm.program import Instruction
from zkvm.word import from_bytes, keccak256, to_bytes


def mgrow(frame: Frame, at: Instruction) -> int | None:
    """Memory covers a .. a + b; beyond 2^32 to 0 (ISA 3.4)."""
    return None if frame.grow(frame.read(at.a), frame.read(at.b)) else 0


def mload(frame: Frame, at: Instruction) -> None:
    """Memory word at byte offset a."""
    frame.give(from_bytes(frame.load(frame.read(at.a), 32)))


def mstore(frame: Frame, at: Instruction) -> None:
    """Memory word at byte offset a := b."""
    frame.store(frame.read(at.a), to_bytes(frame.read(at.b)))


def mstore8(frame: Frame, at: Instruction) -> None:
    """Memory byte a := low byte of b."""
    frame.store(frame.read(at.a), bytes([frame.read(at.b) & 0xFF]))


def msize(frame: Frame, _at: Instruction) -> None:
    """32 w."""
    frame.give(32 * frame.words)


def sha3(frame: Frame, at: Instruction) -> None:
    """keccak256 of memory a .. a + b, 6 gas per word."""
    size = frame.read(at.b)
    frame.gas += HASH_WORD_GAS * words_of(size)
    frame.give(from_bytes(keccak256(frame.load(frame.read(at.a), size))))


def calldataload(frame: Frame, at: Instruction) -> None:
    """Call data word at byte offset a."""
    frame.give(from_bytes(window(frame.data, frame.read(at.a), 32)))


def calldatacopy(frame: Frame, at: Instruction) -> None:
    """Memory a .. a + c := call data at b."""
    copy(frame, at, frame.data)


def codecopy(frame: Frame, at: Instruction) -> None:
    """Memory a .. a + c := own code and constructor arguments at b."""
    copy(frame, at, frame.code)


def returndatacopy(frame: Frame, at: Instruction) -> int | None:
    """Memory a .. a + c := return data at b; past its end to 0 (EIP-211; ISA 9.8)."""
    offset, size = frame.read(at.b), frame.read(at.c)
    frame.gas += COPY_WORD_GAS * words_of(size)
    if offset + size > len(frame.return_data):
        return 0
    frame.store(frame.read(at.a), frame.return_data[offset : offset + size])
    return None


def mcopy(frame: Frame, at: Instruction) -> None:
    """Memory a .. a + c := memory at b, as if through a buffer (EIP-5656)."""
    size = frame.read(at.c)
    frame.gas += COPY_WORD_GAS * words_of(size)
    frame.store(frame.read(at.a), frame.load(frame.read(at.b), size))


def copy(frame: Frame, at: Instruction, source: bytes) -> None:
    """Memory a .. a + c := source at b, zero-padded, 3 gas per word."""
    size = frame.read(at.c)
    frame.gas += COPY_WORD_GAS * words_of(size)
    frame.store(frame.read(at.a), window(source, frame.read(at.b), size))


def window(source: bytes, offset: int, size: int) -> bytes:
    """`size` bytes of the source from an offset on, zero-padded."""
    return source[offset : offset + size].ljust(size, b"\0")


def words_of(size_bytes: int) -> int:
    """Words that bytes fill, the last one perhaps in part."""
    return (size_bytes + 31) // 32
