"""Inputs as the commands open them."""

from __future__ import annotations

from pathlib import Path

from audit.differential.subject import Target, target_of
from audit.inputs.job import open_job
from transpiler.evm.assemble import assemble
from transpiler.settings import Settings


def target(path: Path, fork: str | None = None) -> Target:
    """The target of a file, compiled offline, under a rule set if one is given."""
    job = open_job(path, Settings(offline=True) if fork is None else Settings(offline=True, fork=fork, fork_stated=True))
    return target_of(job.artifact, job.contract, job.subject, job.fork)


def assembled(text: str, folder: Path) -> Target:
    """The target of runtime code in assembly, which is written into a folder."""
    path = folder / "code.hex"
    path.write_text("0x" + assemble(text).hex())
    return target(path)
