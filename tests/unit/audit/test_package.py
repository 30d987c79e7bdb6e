"""What importing the package does."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ASKS = "import sys, audit; print(sys.dont_write_bytecode)"


@pytest.mark.parametrize(("limit_bytes", "answer"), [(4096, "True"), (None, "False")])
def test_no_bytecode_is_written_under_a_limit_on_file_sizes(
    root: Path, tmp_path: Path, limit_bytes: int | None, answer: str
) -> None:
    def limited() -> None:
        if limit_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    ran = subprocess.run(
        [sys.executable, "-c", ASKS], cwd=root, env=environment, preexec_fn=limited, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == answer
