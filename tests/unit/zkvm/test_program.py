"""Programs: encoding, digest, files."""

from __future__ import annotations

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from zkvm.errors import InputError
from zkvm.isa.table import BY_NAME
from zkvm.program import Instruction, Program, build_program
from zkvm.program_file import ProgramFile, read_file, write_file, write_whole
from zkvm.word import keccak256


def sample() -> Program:
    instructions = [Instruction(BY_NAME["REGION"].code), Instruction(BY_NAME["RETURN"].code, 3, 4, 0, 7)]
    return build_program("Osaka", "runtime", b"\x00\x5b", instructions, 2, (0, 32), ((1, 2),))


def test_body_round_trips() -> None:
    program = sample()
    assert Program.decode(program.encode()) == program
    assert program.digest == keccak256(program.body)
    assert program.body[:6] == b"SZKP\x01\x00"
    assert len(program.body) == 92 + 2 * 18 + 64 + 2 + 8


@pytest.mark.parametrize("size", [0, 10, 91, 92, 120])
def test_cut_body_is_refused(size: int) -> None:
    with pytest.raises(InputError):
        Program.decode(sample().body[:size])


def test_trailing_byte_other_isa_and_header_are_refused() -> None:
    body = sample().body
    with pytest.raises(InputError):
        Program.decode(body + b"\0")
    for at in (0, 4, 6, 38, 39):
        bent = bytearray(body)
        bent[at] ^= 0x80
        with pytest.raises(InputError):
            Program.decode(bytes(bent))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(InputError):
        build_program("Osaka", "runtime", b"", [Instruction(1, -1)], 1).encode()
    with pytest.raises(InputError):
        build_program("Nowhere", "runtime", b"", [], 0).encode()


def test_file_round_trips(tmp_path: Path) -> None:
    file = ProgramFile(sample(), "Token", ((1, 0, (0, 5, 9)), (2, 1, None)), ("Token.sol",))
    write_file(tmp_path / "t.szk", file)
    assert read_file(tmp_path / "t.szk") == file
    assert [path.name for path in tmp_path.iterdir()] == ["t.szk"]


def test_bad_files_are_typed(tmp_path: Path) -> None:
    path = tmp_path / "t.szk"
    write_file(path, ProgramFile(sample()))
    document = json.loads(path.read_text())
    for bent in (b"", b"{", b"[]", b"[" * 100_000, b"\xff\xfe", *_bent(document)):
        path.write_bytes(bent)
        with pytest.raises(InputError):
            read_file(path)
    for missing in (tmp_path / "none.szk", tmp_path):
        with pytest.raises(InputError):
            read_file(missing)
    with pytest.raises(InputError):
        write_file(tmp_path / "none" / "t.szk", ProgramFile(sample()))


def _bent(document: dict[str, object]) -> list[bytes]:
    changes: list[dict[str, object]] = [
        {"format": "x"}, {"body": 5}, {"body": "0xzz"}, {"body": "0x00"}, {"source_map": 5}, {"source_map": [[1]]},
        {"source_map": [[1, -1, None]]}, {"sources": 1},
    ]  # fmt: skip
    return [json.dumps({**document, **change}).encode() for change in changes]


def test_a_device_a_pipe_and_a_link_stay_what_they_are(tmp_path: Path) -> None:
    pipe, link, real = tmp_path / "pipe", tmp_path / "link", tmp_path / "real"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(pipe.read_bytes)
        write_whole(pipe, b"through")
        assert read.result(10) == b"through"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    link.symlink_to(real)
    write_whole(link, b"one")
    real.chmod(0o640)
    write_whole(link, b"two")
    assert link.is_symlink()
    assert (real.read_bytes(), stat.S_IMODE(real.stat().st_mode)) == (b"two", 0o640)
    write_whole(Path(os.devnull), b"gone")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)
    for target in (tmp_path, Path("/dev/full")):
        with pytest.raises(InputError) as error:
            write_whole(target, b"x" * 10_000)
        assert error.value.code == "file-not-written"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link", "pipe", "real"]


def test_a_new_file_has_the_usual_mode(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_whole(tmp_path / "new", b"")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
