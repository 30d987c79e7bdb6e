"""Every way to fail that the trials show, proven: the branches that decide a failure, and the exceptional halts that none decides."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from audit.differential import oracle
from audit.differential.seek import KINDS, Failing, Seeker, alone, edges_of, failed
from audit.differential.subject import Target
from audit.differential.tally import Trial
from audit.differential.variations import Request
from audit.inputs.pins import alike
from audit.migration.choose import Run
from audit.migration.prove import Desk, NotProven, prove
from audit.report.model import ProofEvidence
from transpiler.cfg.blocks import block_end
from transpiler.cfg.failing import FailingEdge
from transpiler.evm.disassemble import disassemble
from transpiler.translate import Translation
from zkvm.program import Kind

GROUP: Final = 64
"""Failing calls that one receipt holds at most."""
NEVER_TAKEN: Final = "the translator shows that it is never taken"
NOT_TRIED: Final = "no input that was tried takes it"
LATE: Final = "the time given was not enough"
SAME_CALL: Final = ("create", "caller", "to", "value", "data", "gas")


@dataclass(frozen=True, slots=True)
class Failure:
    """One way in which a function fails.

    Shape: `edge` is the branch that decides it, None where none does: an exceptional halt (out of gas), or code that always fails.
    """

    kind: Kind
    edge: FailingEdge | None
    function: str
    status: str
    """`revert` or `halt`."""


@dataclass(frozen=True, slots=True)
class Site:
    """A row of the report: a branch that decides a failure, and the functions that fail there.

    Shape: of each function that came there its status (None: it never failed there), the receipt that proves such a call, or why there
    is none. `why` says why no function is here.
    """

    kind: Kind
    edge: FailingEdge | None
    place: str | None
    line: str | None
    functions: tuple[dict[str, str | None], ...]
    why: str | None

    @property
    def fails(self) -> bool:
        """Whether any function failed here."""
        return any(each["status"] is not None for each in self.functions)

    def as_json(self) -> dict[str, Any]:
        """The form that the report holds."""
        source, target = (None, None) if self.edge is None else (self.edge.source, self.edge.target)
        return {
            "kind": self.kind, "source": source, "target": target, "place": self.place, "line": self.line,
            "functions": list(self.functions), "why": self.why,
        }  # fmt: skip


@dataclass(slots=True)
class Failures:
    """The failing calls of trials, one of each way to fail, and what proves them."""

    target: Target
    found: dict[Failure, tuple[Mapping[str, Any], int]]
    passed: tuple[Failing, ...] = ()
    """Functions that came to a branch but never failed there."""
    receipts: dict[Failure, str] = field(default_factory=dict)
    missing: dict[Failure, str] = field(default_factory=dict)

    def prove(self, desk: Desk, deadline: float) -> Iterator[ProofEvidence]:
        """Prove all, as many in a receipt as fail from one state.

        Units: `deadline` is in the time of `time.monotonic`.
        """
        for number, (request, members) in enumerate(self._groups(), 1):
            if time.monotonic() > deadline:
                self.missing |= dict.fromkeys(members, LATE)
                continue
            evidence, missing = prove(Run(f"failures-{number}", request), desk)
            proven = set() if evidence is None else {_same(call) for call in evidence.calls}
            for failure, call in members.items():
                if _same(call) in proven:
                    self.receipts[failure] = f"failures-{number}"
                else:
                    self.missing[failure] = _why(failure, missing)
            if evidence is not None:
                yield evidence

    def sites(self, translations: Iterable[Translation]) -> tuple[Site, ...]:
        """A row for each branch that decides a failure, and one for each kind of code that fails without."""
        met = tuple(translations)
        rows = []
        for kind in KINDS:
            if (code := self.target.code(kind)) is not None:
                own = next((each for each in met if each.program.kind == kind and alike(each.program.code, code)), None)
                edges: tuple[FailingEdge | None, ...] = (*edges_of(code.code, self.target.fork), None)
                rows += [self._site(kind, each, own) for each in edges]
        return tuple(each for each in rows if each.edge is not None or each.functions)

    def not_proven(self) -> tuple[NotProven, ...]:
        """The ways to fail that were seen but have no proof."""
        return tuple(NotProven(f"a failing call of {each.function}", why) for each, why in self.missing.items())

    def _site(self, kind: Kind, edge: FailingEdge | None, translation: Translation | None) -> Site:
        here = sorted((each for each in self.found if (each.kind, each.edge) == (kind, edge)), key=lambda each: each.function)
        not_here = None if edge is None else NEVER_TAKEN if _folded(edge, translation) else NOT_TRIED
        functions = [
            {"function": f.function, "status": f.status, "receipt": self.receipts.get(f), "why": self.missing.get(f)}
            for f in here
        ]
        functions += [
            {"function": each.function, "status": None, "receipt": None, "why": not_here}
            for each in self.passed
            if (each.kind, each.edge) == (kind, edge)
        ]
        place = None if edge is None else self.target.place(kind, edge.source)
        return Site(kind, edge, place and place[0], place and place[1], tuple(functions), None if functions else not_here)

    def _groups(self) -> Iterator[tuple[Request, dict[Failure, Mapping[str, Any]]]]:
        """Requests of failing calls, each from the state that one of them met, with what each shows; failing calls leave no trace."""
        pending = dict(self.found)
        while pending:
            request = alone(*next(iter(pending.values())))
            calls = {failure: whole["calls"][index] for failure, (whole, index) in pending.items()}
            kind = next(iter(pending)).kind
            chosen = {each: call for each, call in calls.items() if each.kind == kind and _payable(call, request["state"])}
            chosen = dict(list(chosen.items())[:GROUP])
            while kept := self._failing(request, chosen):
                if len(kept) == len(chosen):
                    break
                chosen = kept
            for each in chosen:
                del pending[each]
            yield {**request, "calls": list(_unique(chosen).values())}, chosen

    def _failing(self, request: Request, chosen: Mapping[Failure, Any]) -> dict[Failure, Any]:
        """Those that fail as they are to, if all are run one after the other."""
        calls = _unique(chosen)
        run = {**request, "calls": list(calls.values())}
        result = oracle.run(run, trace=True)
        shown = {key: _shown(self.target, run, result, index) for index, key in enumerate(calls)}
        return {each: call for each, call in chosen.items() if each in shown[_same(call)]}


def failures(target: Target, trials: Iterable[Trial]) -> Failures:
    """One call of each way to fail that any trial shows: the one that uses least gas, the cheapest first."""
    found: dict[Failure, tuple[int, Mapping[str, Any], int]] = {}
    seeker = Seeker(target)
    for trial in trials:
        seeker.watch(trial.request, trial.result)
        for index, (call, outcome) in enumerate(zip(trial.asked.calls, trial.answer.calls, strict=False)):
            used = call.limit - outcome.gas_left
            for each in _shown(target, trial.request, trial.result, index):
                if each not in found or used < found[each][0]:
                    found[each] = used, trial.request, index
    cheapest = sorted(found.items(), key=lambda item: item[1][0])
    return Failures(target, {each: (request, index) for each, (_, request, index) in cheapest}, seeker.missed())


def _shown(target: Target, request: Mapping[str, Any], result: Mapping[str, Any], index: int) -> tuple[Failure, ...]:
    """The ways to fail that a call of a traced run shows."""
    status = result["calls"][index]["status"]
    return tuple(Failure(each.kind, each.edge, each.function, status) for each in failed(target, request, result, index))


def _folded(edge: FailingEdge, translation: Translation | None) -> bool:
    """Whether neither the branch nor what follows it is in the translated program."""
    if translation is None or translation.stats.tier != "optimised" or edge.target is None:
        return False
    end = block_end(disassemble(translation.program.code, translation.program.fork), edge.target)[2]
    return not any(pc == edge.source or edge.target <= pc < end for _, pc, _ in translation.source_map)


def _payable(call: Mapping[str, Any], state: Mapping[str, Any]) -> bool:
    return int(call["value"], 16) <= int(state.get(call["caller"], {"balance": "0x0"})["balance"], 16)


def _same(call: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(call[name] for name in SAME_CALL)


def _unique(chosen: Mapping[Failure, Any]) -> dict[tuple[Any, ...], Any]:
    return {_same(call): call for call in chosen.values()}


def _why(failure: Failure, missing: Iterable[NotProven]) -> str:
    return next((each.why for each in missing if each.what == failure.function), next((each.why for each in missing), "no proof"))
