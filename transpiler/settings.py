"""What a person may choose about compiling and translating; one frozen value, recorded in every artefact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

DEFAULT_FORK: Final = "Osaka"
DEFAULT_RUNS: Final = 200


@dataclass(frozen=True, slots=True)
class Settings:
    """Choices for the compiler; None means: what the project's own configuration says, else our default."""

    optimize: bool | None = None
    runs: int | None = None
    via_ir: bool | None = None
    evm_version: str | None = None
    solc: str | None = None
    """An exact version, like 0.8.26."""
    remappings: tuple[str, ...] = ()
    libraries: tuple[tuple[str, str], ...] = ()
    """(library, 0x-address); the library is `Name` or `file.sol:Name`."""
    contract: str | None = None
    creation: bool = False
    """Raw hex holds creation code."""
    offline: bool = False
    fork: str = DEFAULT_FORK
    fork_stated: bool = False
    """Whether a person chose the rule set, so that a call file may not state another."""

    def under(self, project: Settings) -> Settings:
        """These choices, filled up from those of a project's configuration."""

        def first(mine: Any, theirs: Any) -> Any:
            return theirs if mine is None else mine

        return Settings(
            optimize=first(self.optimize, project.optimize),
            runs=first(self.runs, project.runs),
            via_ir=first(self.via_ir, project.via_ir),
            evm_version=first(self.evm_version, project.evm_version),
            solc=first(self.solc, project.solc),
            remappings=self.remappings + project.remappings,
            libraries=self.libraries or project.libraries,
            contract=self.contract,
            creation=self.creation,
            offline=self.offline,
            fork=self.fork,
            fork_stated=self.fork_stated,
        )

    def compiler_settings(self) -> dict[str, Any]:
        """The part of standard JSON's `settings` that decides what code comes out."""
        settings: dict[str, Any] = {
            "optimizer": {"enabled": self.optimize is not False, "runs": DEFAULT_RUNS if self.runs is None else self.runs},
            "remappings": list(self.remappings),
        }
        if self.via_ir:
            settings["viaIR"] = True
        if self.evm_version is not None:
            settings["evmVersion"] = self.evm_version
        return settings
