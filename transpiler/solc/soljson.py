"""Compilers as npm ships them: soljson.js of a pinned checksum, run by node, one warm process for each version."""

from __future__ import annotations

import atexit
import json
import shutil
import subprocess
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from transpiler.errors import CompileError, InputError, Place
from transpiler.solc.pins import SOLJSON_CHECKSUMS, mislabelled
from transpiler.solc.version import Version, parse_version, stated_version

WORKER: Final = Path(__file__).with_name("worker.js")
COMPILE_SECONDS: Final = 600
_STACK_KIB: Final = 32_000


@dataclass(frozen=True, slots=True)
class Package:
    """An installed npm package `solc`."""

    version: Version
    soljson: Path


def find_packages(folders: Iterable[Path]) -> dict[Version, Package]:
    """The packages `solc` and `solc-...` in node_modules folders, the nearest of each version."""
    found: dict[Version, Package] = {}
    for folder in folders:
        for candidate in sorted(folder.glob("solc*")):
            package = _package(candidate)
            if package is not None:
                found.setdefault(package.version, package)
    return found


def _package(folder: Path) -> Package | None:
    soljson = folder / "soljson.js"
    try:
        description = json.loads((folder / "package.json").read_bytes())
        version = parse_version(description["version"]) if description["name"] == "solc" else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Package(version, soljson) if version is not None and soljson.is_file() else None


class Worker:
    """A warm compiler process; it answers one request at a time."""

    def __init__(self, package: Package, checksum: str) -> None:
        node = shutil.which("node")
        if node is None:
            raise InputError(
                "node-not-found", "the compiler needs node, which is not installed", hint="install Node.js 18 or newer"
            )
        self._lock = threading.Lock()
        self._count = 0
        self._process = subprocess.Popen(
            [node, f"--stack-size={_STACK_KIB // 32}", str(WORKER), str(package.soljson), checksum.removeprefix("sha256:")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
        )
        greeting = self._read()
        if "version" not in greeting:
            self.close()
            raise InputError(
                "compiler-not-trusted",
                f"soljson.js of solc {package.version} is not the pinned one: {greeting.get('error', 'it does not start')}",
                Place(str(package.soljson)),
                "install the packages again: npm ci",
            )
        self.version: str = str(greeting["version"]).replace(".Emscripten.clang", "")
        if stated_version(self.version) != package.version:
            self.close()
            raise mislabelled(package.version, self.version, package.soljson)

    def compile(self, standard_input: str) -> str:
        """The standard JSON output for a standard JSON input.

        Raises: CompileError if the compiler itself breaks down; the process has ended then.
        """
        assert self._process.stdin is not None
        with self._lock:
            self._count += 1
            watchdog = threading.Timer(COMPILE_SECONDS, self._process.kill)
            watchdog.start()
            try:
                self._process.stdin.write(json.dumps({"id": self._count, "input": standard_input}).encode() + b"\n")
                self._process.stdin.flush()
                answer = self._read()
            except BrokenPipeError:
                answer = {}
            finally:
                watchdog.cancel()
        if "output" not in answer:
            self.close()
            reason = answer.get("error", f"no answer, or none within {COMPILE_SECONDS} s")
            raise CompileError("compiler-failed", f"solc {self.version} broke down on this input: {reason}")
        return str(answer["output"])

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        try:
            answer = json.loads(line)
        except ValueError:
            return {}
        return answer if isinstance(answer, dict) else {}

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()


_workers: dict[Path, Worker] = {}
_workers_lock = threading.Lock()


def warm_worker(package: Package) -> tuple[Worker, str]:
    """The running worker of a package, started if need be, and the checksum of what it runs.

    Raises: InputError if the version has no pinned checksum, or the file has another one.
    """
    checksum = SOLJSON_CHECKSUMS.get(str(package.version))
    if checksum is None:
        raise InputError("compiler-not-pinned", f"solc {package.version} has no pinned checksum", Place(str(package.soljson)))
    with _workers_lock:
        worker = _workers.get(package.soljson)
        if worker is None or not worker.alive:
            worker = _workers[package.soljson] = Worker(package, checksum)
    return worker, checksum


@atexit.register
def close_workers() -> None:
    """End all workers."""
    while _workers:
        _workers.popitem()[1].close()
