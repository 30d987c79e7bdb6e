"""Native compilers where py-solc-x keeps them: checked against a pinned hash before they are placed and before they run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from platform import machine
from typing import Final

from transpiler.errors import CompileError, InputError, Place
from transpiler.solc.pins import NATIVE_BUILDS, matches, mislabelled
from transpiler.solc.version import Version, parse_version, stated_version
from zkvm.program_file import write_whole

DOWNLOAD_BASE: Final = "https://binaries.soliditylang.org/linux-amd64/"
MAX_BINARY_BYTES: Final = 64 << 20
TIMEOUT_SECONDS: Final = 600

Fetch = Callable[[str], bytes]


def install_folder() -> Path:
    """Where py-solc-x looks."""
    named = os.environ.get("SOLCX_BINARY_PATH")
    return Path(named) if named else Path.home() / ".solcx"


def runs_here() -> bool:
    """Whether the pinned native builds run on this machine."""
    return sys.platform == "linux" and machine() in ("x86_64", "AMD64")


def installed() -> dict[Version, Path]:
    """The native compilers that are in place and have a pin; nothing is run or hashed yet."""
    if not runs_here():
        return {}
    found = {}
    for text in NATIVE_BUILDS:
        path = install_folder() / f"solc-v{text}"
        version = parse_version(text)
        if version is not None and path.is_file():
            found[version] = path
    return found


def place(version: Version, fetch: Fetch | None = None) -> Path:
    """Download a compiler, compare it with its pin, and put it where py-solc-x looks; it is not run.

    Raises: InputError if it has no pin, cannot be fetched, or is not what the pin says.
    """
    build = NATIVE_BUILDS.get(str(version))
    if build is None or not runs_here():
        raise InputError("compiler-not-pinned", f"there is no pinned native solc {version} for this machine")
    url = f"{DOWNLOAD_BASE}solc-linux-amd64-v{build[0]}"
    data = (fetch or _download)(url)
    if not matches(data, build[1]):
        raise InputError(
            "compiler-not-trusted",
            f"the downloaded solc {version} does not have the pinned checksum",
            Place(url),
            "nothing was installed",
        )
    path = install_folder() / f"solc-v{version}"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, data)
    path.chmod(0o755)
    return path


def compile_native(version: Version, path: Path, standard_input: str) -> str:
    """The standard JSON output of a placed compiler; its bytes are compared with the pin first, then what it says it is with the version.

    Raises: InputError if the bytes are not the pinned ones, or it is the compiler of another version.
    """
    long_version, checksum = NATIVE_BUILDS[str(version)]
    if not matches(path.read_bytes(), checksum):
        raise InputError(
            "compiler-not-trusted", f"solc {long_version} does not have the pinned checksum", Place(str(path)), "remove the file"
        )
    says = _says(path)
    if stated_version(says) != version:
        raise mislabelled(version, says, path)
    run = subprocess.run(
        [str(path), "--standard-json"],
        input=standard_input.encode(),
        capture_output=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
        cwd="/",
    )
    try:
        json.loads(run.stdout)
    except ValueError as error:
        raise CompileError("compiler-failed", f"solc {long_version} broke down on this input, status {run.returncode}") from error
    return run.stdout.decode()


def _says(path: Path) -> str:
    """The last word of what a compiler says of itself, which is its version."""
    run = subprocess.run([str(path), "--version"], capture_output=True, timeout=TIMEOUT_SECONDS, check=False, cwd="/")
    words = run.stdout.decode(errors="replace").split()
    return words[-1] if words else "of an unknown version"


def _download(url: str) -> bytes:
    import requests

    try:
        with requests.get(url, timeout=(5, 60), stream=True) as response:
            response.raise_for_status()
            data = bytearray()
            for chunk in response.iter_content(1 << 20):
                data += chunk
                if len(data) > MAX_BINARY_BYTES:
                    raise InputError("compiler-too-large", f"the download is larger than {MAX_BINARY_BYTES} bytes", Place(url))
            return bytes(data)
    except requests.RequestException as error:
        hint = "without a network npm's package of that version is used where it is installed: npm install solc@VERSION, then --offline"
        raise InputError(
            "compiler-not-fetched", f"cannot download the compiler: {type(error).__name__}", Place(url), hint
        ) from error
