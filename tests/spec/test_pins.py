"""What pins is exact, hashed, complete, and names no hosts."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_python_pins_are_exact_and_compiled() -> None:
    declared = [*project()["project"]["dependencies"], *project()["project"]["optional-dependencies"]["dev"]]
    compiled = dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+) \\$", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    for requirement in declared:
        name, _, version = requirement.partition("==")
        assert compiled.get(re.sub(r"[-_.]+", "-", name).lower()) == version, requirement
    assert project()["build-system"]["requires"] == [f"maturin=={compiled['maturin']}"]


def test_python_pins_have_hashes_and_no_addresses() -> None:
    text = (ROOT / "requirements.txt").read_text()
    assert not re.search(r"https?://|--index-url|--find-links|--extra-index-url", text)
    blocks = re.split(r"\n(?=[A-Za-z0-9_.-]+==)", text)
    assert all("--hash=sha256:" in block for block in blocks[1:])


def test_npm_lock_names_no_hosts_and_has_integrity() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    for name, entry in lock["packages"].items():
        assert "resolved" not in entry, name
        assert not name or entry.get("inBundle") or entry.get("integrity", "").startswith("sha512-"), name
    for name, version in json.loads((ROOT / "package.json").read_text())["dependencies"].items():
        assert re.fullmatch(r"(npm:@?[\w./-]+@)?\d+\.\d+\.\d+(-[\w.]+)?", version), name


def test_rust_pins_are_exact() -> None:
    manifest = tomllib.loads((ROOT / "zkvm/prover/Cargo.toml").read_text())
    for name, entry in manifest["workspace"]["dependencies"].items():
        if isinstance(entry, dict) and "path" in entry:
            continue
        version = entry if isinstance(entry, str) else entry["version"]
        assert version.startswith("="), name
