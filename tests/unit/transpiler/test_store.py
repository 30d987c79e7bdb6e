"""The store gives back what was kept, and never anything else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from transpiler import store
from transpiler.store import Store
from transpiler.translate import translate
from zkvm.program import Program, build_program
from zkvm.word import keccak256

CODE = bytes.fromhex("600160020160005260206000f3")


@pytest.fixture(scope="module")
def program() -> Program:
    return translate(CODE, "Osaka", "runtime").program


def only_file(folder: Path) -> Path:
    (found,) = folder.iterdir()
    return found


def test_what_is_kept_is_found_by_another_process(tmp_path: Path, program: Program) -> None:
    folder = tmp_path / "programs"
    Store(folder).keep(program)
    other = Store(folder)
    assert other.get(CODE, "runtime", "Osaka") == program
    assert other.get(CODE, "creation", "Osaka") is None
    assert other.get(CODE, "runtime", "Cancun") is None
    assert other.get(CODE + b"\0", "runtime", "Osaka") is None
    only_file(folder).unlink()
    assert other.get(CODE, "runtime", "Osaka") == program, "it is in memory, too"
    assert Store(folder).get(CODE, "runtime", "Osaka") is None


def test_another_translator_keeps_its_own(tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(tmp_path).keep(program)
    monkeypatch.setattr(store, "translator_digest", lambda: bytes(32))
    assert Store(tmp_path).get(CODE, "runtime", "Osaka") is None


def sealed(program: Program) -> bytes:
    return keccak256(program.body) + program.body


BENT: dict[str, Callable[[bytes, Program], bytes]] = {
    "empty": lambda _, __: b"",
    "cut": lambda data, _: data[:-1],
    "longer": lambda data, _: data + b"\0",
    "flipped": lambda data, _: data[:200] + bytes([data[200] ^ 1]) + data[201:],
    "other code": lambda _, __: sealed(translate(CODE[:-1], "Osaka", "runtime").program),
    "other rule set": lambda _, __: sealed(translate(CODE, "Cancun", "runtime").program),
    "other kind": lambda _, __: sealed(translate(CODE, "Osaka", "creation").program),
    "not linted": lambda _, program: sealed(
        build_program(
            "Osaka", "runtime", CODE, program.instructions[1:], program.chained - 1, program.constants, program.jump_table
        )
    ),
}


@pytest.mark.parametrize("bend", BENT.values(), ids=BENT.keys())
def test_what_is_broken_is_none_and_is_written_anew(
    tmp_path: Path, program: Program, bend: Callable[[bytes, Program], bytes]
) -> None:
    Store(tmp_path).keep(program)
    file = only_file(tmp_path)
    right = file.read_bytes()
    file.write_bytes(bend(right, program))
    fresh = Store(tmp_path)
    assert fresh.get(CODE, "runtime", "Osaka") is None
    fresh.keep(program)
    assert only_file(tmp_path).read_bytes() == right


def test_disk_and_memory_are_bounded_and_the_longest_unused_goes(tmp_path: Path, program: Program) -> None:
    size = len(sealed(program))
    codes = [CODE + bytes([0, index]) for index in range(8)]
    kept = Store(tmp_path, disk_bytes=4 * size, memory_bytes=1)
    for index, code in enumerate(codes):
        kept.keep(build_program("Osaka", "runtime", code, program.instructions, program.chained, program.constants))
        for file in tmp_path.iterdir():
            if file.stat().st_mtime > 10_000:
                os.utime(file, (index, index))
    assert 1 <= len(list(tmp_path.iterdir())) <= 4
    assert Store(tmp_path).get(codes[0], "runtime", "Osaka") is None
    assert Store(tmp_path).get(codes[-1], "runtime", "Osaka") is not None
    assert kept.get(codes[0], "runtime", "Osaka") is None, "memory forgets as well"


def test_a_disk_that_refuses_is_no_error(tmp_path: Path, program: Program) -> None:
    (tmp_path / "file").write_text("")
    kept = Store(tmp_path / "file" / "folder")
    kept.keep(program)
    assert kept.get(CODE, "runtime", "Osaka") == program
    assert Store(None).get(CODE, "runtime", "Osaka") is None


def test_the_folder_is_stated_or_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(store.VARIABLE, str(tmp_path))
    assert store.folder() == tmp_path
    for word in ("off", ""):
        monkeypatch.setenv(store.VARIABLE, word)
        assert store.folder() is None
    monkeypatch.delenv(store.VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert store.folder() == tmp_path / "sol2zk" / "programs"


def test_the_translators_digest_is_that_of_its_sources() -> None:
    digest = store.translator_digest()
    assert len(digest) == 32
    assert store.translator_digest.__wrapped__() == digest
