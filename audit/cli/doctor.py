"""`sol2zk doctor`: what is installed, and whether it is what it should be."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import click

import zkvm
from audit.cli import terminal
from audit.cli.options import json_option
from transpiler.solc import native, soljson
from transpiler.solc.pins import MISLABELLED, NATIVE_BUILDS, SOLJSON_CHECKSUMS, matches
from transpiler.solc.project import OWN_ROOT, node_modules_above

MISSING: Final = 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    what: str
    ok: bool
    detail: str


@click.command()
@json_option
def command(as_json: bool) -> int:
    """Say what is installed and whether it is what it should be."""
    findings = list(_examine())
    if as_json:
        terminal.print_json({"ok": all(each.ok for each in findings), "findings": [asdict(each) for each in findings]})
    else:
        terminal.print_table(["", "what", "detail"], [["ok" if each.ok else "BAD", each.what, each.detail] for each in findings])
    return 0 if all(each.ok for each in findings) else MISSING


def _examine() -> Iterator[Finding]:
    yield Finding("python", sys.version_info >= (3, 11), sys.version.split()[0])
    yield _node()
    yield _extension()
    yield from _compilers()


def _node() -> Finding:
    path = shutil.which("node")
    if path is None:
        return Finding("node", False, "not found; compilers from npm need it")
    run = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=30, check=False)
    return Finding("node", run.returncode == 0, run.stdout.strip())


def _extension() -> Finding:
    """Whether the extension is in place; this package does not import it (only the proof's and the oracle's modules do)."""
    places = [Path(folder) for folder in zkvm.__path__]
    found = [file for place in places for file in place.glob("_native*.so")]
    return Finding("extension", bool(found), found[0].name if found else "not built; run make setup")


def _compilers() -> Iterator[Finding]:
    folders = [*node_modules_above(Path.cwd()), OWN_ROOT / "node_modules"]
    for version, package in sorted(soljson.find_packages(folders).items()):
        checksum = SOLJSON_CHECKSUMS.get(str(version))
        trusted = checksum is not None and matches(package.soljson.read_bytes(), checksum)
        other = MISLABELLED.get(str(version))
        why = "no pin, or another checksum" if other is None else f"holds the compiler {other}, never runs"
        yield Finding(f"solc {version} (npm)", trusted, "pinned checksum" if trusted else why)
    for version, path in sorted(native.installed().items()):
        trusted = matches(path.read_bytes(), NATIVE_BUILDS[str(version)][1])
        yield Finding(f"solc {version} (native)", trusted, "pinned checksum" if trusted else f"another checksum: {path}")
