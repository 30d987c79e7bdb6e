"""What `prove` and `check` work on: an input's contract and, where there is one, a call file with its request."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.inputs.calls import CallFile, read_calls
from audit.inputs.named import named_subjects
from audit.inputs.request import Subject, build_request, subject_of
from transpiler.settings import Settings
from transpiler.solc.artifact import Artifact, Contract
from transpiler.solc.load import load


@dataclass(frozen=True, slots=True)
class Job:
    """An input, read and chosen from."""

    artifact: Artifact
    contract: Contract
    subject: Subject
    calls: CallFile | None
    request: dict[str, Any] | None
    """The form of ISA 8.1; None where no call file is given."""

    @property
    def fork(self) -> str:
        """The rule set of the run: the call file's, else the chosen one."""
        return self.artifact.fork if self.calls is None else self.calls.fork


def open_job(path: Path | str, settings: Settings, calls: Path | str | None = None) -> Job:
    """The job of an input and a call file.

    Raises: InputError if one of them is malformed, or they do not fit; CompileError if the input does not compile.
    """
    artifact = load(path, settings)
    contract = artifact.contract(settings.contract)
    subject = subject_of(contract)
    file = None if calls is None else read_calls(calls, settings.fork, stated=settings.fork_stated)
    if file is None:
        return Job(artifact, contract, subject, None, None)
    return Job(artifact, contract, subject, file, build_request(file, subject, named_subjects(file, artifact, settings)))
