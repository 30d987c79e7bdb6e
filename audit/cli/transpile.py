"""`sol2zk transpile`: contracts into programs, a row a code object, whatever happens to the others."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import click

from audit.cli import terminal
from audit.cli.failure import as_json as error_json
from audit.cli.failure import report_failure
from audit.cli.options import input_options, json_option
from transpiler.settings import Settings
from transpiler.solc.artifact import Artifact, CodeObject, Contract
from transpiler.solc.load import load
from transpiler.stages import Recorder, Stage
from zkvm.errors import Sol2zkError

COLUMNS: Final = ["name", "kind", "code_bytes", "blocks", "instructions", "unresolved_jumps", "escapes", "seconds", "file"]


@dataclass(slots=True)
class Outcome:
    """The rows so far, the files written, the text of stages to show, and the first failure's exit status."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    written: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    status: int = 0

    def file_name(self, contract: Contract, code: CodeObject) -> str:
        """A name of its own for a code object's program file: contracts of several files may have one name."""
        stem = re.sub(r"[^A-Za-z0-9_.-]", "_", contract.name)
        names = (f"{stem}{'' if number == 1 else f'-{number}'}.{code.kind}.szk" for number in count(1))
        name = next(each for each in names if each.lower() not in self.written)
        self.written.add(name.lower())
        return name

    def fail(self, error: Sol2zkError, row: dict[str, Any]) -> None:
        """Keep a row with its error and tell it."""
        self.rows.append({**row, "error": error_json(error)})
        status = report_failure(error)
        self.status = self.status or status


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to do with each code object: the folder for program files, the stage to show, the folder for all stages."""

    folder: Path | None
    emit: str | None
    emit_dir: Path | None


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@input_options
@click.option("-o", "output", type=click.Path(path_type=Path), metavar="DIR", help="Write the program files (.szk) there.")
@click.option(
    "--emit", metavar="STAGE", help="Show a stage instead: listing, cfg, ssa, passes, the name of a pass, regions, program."
)
@click.option("--emit-dir", type=click.Path(path_type=Path), metavar="DIR", help="Write every stage there, numbered, as text.")
@json_option
def command(
    inputs: tuple[str, ...], settings: Settings, output: Path | None, emit: str | None, emit_dir: Path | None, as_json: bool
) -> int:
    """Translate contracts into programs of the ZK-VM.

    INPUT is a .sol file, standard JSON, a build artefact, or hex. The exit status is not 0 if any input fails; the others go on.
    """
    if emit is not None:
        Recorder().chosen(emit)
    outcome = Outcome()
    wanted = Wanted(None if output is None or emit is not None else _make_folder(output), emit, emit_dir)
    for name in inputs:
        try:
            artifact = load(name, settings)
            chosen = [artifact.contract(settings.contract)] if settings.contract else list(artifact.contracts)
        except Sol2zkError as error:
            outcome.fail(error, _empty_row(name))
            continue
        terminal.tell(artifact)
        with terminal.progress() as bars:
            task = bars.add_task(name, total=sum(len(each.objects) for each in chosen))
            for contract, code in ((each, code) for each in chosen for code in each.objects):
                bars.update(task, description=f"{contract.name} ({code.kind}, {len(code.code):,} bytes)")
                _one(outcome, artifact, contract, code, wanted)
                bars.advance(task)
    if as_json:
        terminal.print_json({"contracts": outcome.rows})
    elif emit is None:
        translated = [row for row in outcome.rows if row["error"] is None]
        if translated:
            terminal.print_table(COLUMNS, [[_cell(row[name]) for name in COLUMNS] for row in translated])
    else:
        click.echo("".join(outcome.texts), nl=False)
    return outcome.status


def _one(outcome: Outcome, artifact: Artifact, contract: Contract, code: CodeObject, wanted: Wanted) -> None:
    row = {**_empty_row(artifact.path), "name": contract.name, "kind": code.kind, "template": code.template}
    row |= {"code_hash": "0x" + code.code_hash.hex(), "code_bytes": len(code.code)}
    try:
        code.require_linked(contract.name)
        name = outcome.file_name(contract, code)
        recorder = Recorder()
        fields = _translate(artifact, contract, code, None if wanted.folder is None else wanted.folder / name, recorder)
        if wanted.emit_dir is not None:
            _write_stages(_make_folder(wanted.emit_dir / name.removesuffix(".szk")), recorder.stages)
        if wanted.emit is not None:
            fields = _shown(outcome, row, recorder.chosen(wanted.emit), code.code, artifact.fork)
        outcome.rows.append({**row, **fields})
    except Sol2zkError as error:
        outcome.fail(error, row)


def _translate(artifact: Artifact, contract: Contract, code: CodeObject, path: Path | None, recorder: Recorder) -> dict[str, Any]:
    from transpiler.solc.sourcemap import source_triples
    from transpiler.translate import Template, translate
    from transpiler.translate import as_json as stats_json
    from zkvm.program_file import ProgramFile, write_file

    places = source_triples(code.code, code.source_map)
    template = Template(tuple((each.start, each.length) for each in code.placeholders)) if code.template else None
    start = perf_counter()
    translation = translate(
        code.code, artifact.fork, code.kind, name=contract.name, source_map=places, template=template, watch=recorder.watch
    )
    program = translation.program
    digest = program.digest
    seconds = perf_counter() - start
    if translation.stats.fallback:
        terminal.note(f"{contract.name} ({code.kind}) runs in the generic tier: {translation.stats.fallback}")
    fields: dict[str, Any] = {
        **stats_json(translation.stats),
        "tier": translation.stats.tier,
        "program_digest": "0x" + digest.hex(),
        "seconds": round(seconds, 6),
    }
    if path is not None:
        if template is not None:
            terminal.note(
                f"{contract.name} ({code.kind}) has immutables: {path} is of their places at 0, and no run is of that code; "
                "pin it in a receipt with verify --bytecode"
            )
        write_file(
            path, ProgramFile(program, contract.name, translation.source_map, tuple(each.name for each in artifact.sources))
        )
        fields["program"] = str(path)
    return fields


def _make_folder(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _empty_row(file: str) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(("file", "name", "kind", "code_hash", "code_bytes", "template"))
    row |= {"file": file, "blocks": None, "instructions": None, "unresolved_jumps": None, "escapes": None}
    return row | {"unsupported": [], "tier": None, "program_digest": None, "seconds": None, "error": None}


def _cell(value: Any) -> str:
    match value:
        case None:
            return "-"
        case float():
            return f"{value:.3f}"
        case list():
            return str(len(value))
        case _:
            return str(value)


def _shown(outcome: Outcome, row: dict[str, Any], stages: list[Stage], code: bytes, fork: str) -> dict[str, Any]:
    """The fields that show stages, whose text is kept too; the graph is shown by pcs, whatever contexts its blocks were seen in."""
    outcome.texts.append(f"{row['name']} ({row['kind']})\n")
    if [stage.name for stage in stages] == ["cfg"]:
        from transpiler.cfg.views import cfg_json

        view = cfg_json(code, fork)
        outcome.texts.append(_cfg_text(view))
        return view
    outcome.texts += [f"; {stage.label}\n{stage.text}" for stage in stages]
    return {"stages": [stage.json() for stage in stages]}


def _cfg_text(view: dict[str, Any]) -> str:
    successors: dict[int, list[int]] = {}
    for source, target in view["edges"]:
        successors.setdefault(source, []).append(target)
    lines = []
    for block in view["blocks"]:
        after = ", ".join(f"{pc:#x}" for pc in successors.get(block["pc"], ()))
        lines.append(f"  {block['pc']:#06x}..{block['end']:#06x}  -> {after or 'end'}\n")
    return "".join(lines)


def _write_stages(folder: Path, stages: list[Stage]) -> None:
    """A file a stage; files of an earlier translation with more stages go, so that two folders compare."""
    for old in [*folder.glob("[0-9][0-9]-*.txt"), *folder.glob("[0-9][0-9]-*.dot")]:
        old.unlink()
    for stage in stages:
        (folder / f"{stage.label}.txt").write_text(stage.text)
        if stage.drawing is not None:
            (folder / f"{stage.label}.dot").write_text(stage.drawing)
