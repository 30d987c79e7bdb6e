"""The Rust crates keep the project's shape: file sizes, no unwrap outside tests, and the lints that the workspace denies."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

PROVER = Path(__file__).resolve().parents[2] / "zkvm" / "prover"
MAX_FILE_LINES = 500
GENERATED = {"crates/executor/src/isa.rs", "crates/executor/src/rules.rs"}
CRATES = sorted(manifest.parent for manifest in (PROVER, *PROVER.glob("crates/*/")) for manifest in manifest.glob("Cargo.toml"))


def rust_files() -> list[Path]:
    return sorted(file for crate in CRATES for file in (crate / "src").rglob("*.rs"))


def name_of(file: Path) -> str:
    return file.relative_to(PROVER).as_posix()


def is_test(file: Path) -> bool:
    return file.stem in ("tests", "testing") or "tests" in file.relative_to(PROVER).parts


@pytest.mark.parametrize("file", rust_files(), ids=name_of)
def test_file(file: Path) -> None:
    text = file.read_text()
    assert name_of(file) in GENERATED or text.count("\n") <= MAX_FILE_LINES
    if not is_test(file):
        assert not re.search(r"\.unwrap\(\)|\.expect\(", text), "a failure is a value outside tests"
        assert "mod tests {" not in text, "tests stand in a sibling file"


@pytest.mark.parametrize("crate", CRATES, ids=lambda crate: crate.name)
def test_a_crate_takes_the_lints_of_the_workspace(crate: Path) -> None:
    assert tomllib.loads((crate / "Cargo.toml").read_text())["lints"] == {"workspace": True}


def test_the_workspace_denies_what_it_should() -> None:
    lints = tomllib.loads((PROVER / "Cargo.toml").read_text())["workspace"]["lints"]["rust"]
    assert {name: lints[name] for name in ("missing_docs", "unsafe_code")} == {"missing_docs": "deny", "unsafe_code": "deny"}


def test_unsafe_stands_in_one_file() -> None:
    """A borrow of a row as its columns (`repr(C)`) is the only unsafe code."""
    allowed = [name_of(file) for file in rust_files() if "allow(unsafe_code)" in file.read_text()]
    assert allowed == ["crates/chips/src/columns.rs"]
