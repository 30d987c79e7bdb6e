"""Only calls that both versions ran and that were compared count: in calls, outcomes and coverage."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.differential import oracle
from audit.differential.compare import Stop
from audit.differential.coverage import coverage
from audit.differential.execution import Library
from audit.differential.faults import FAULTS, faulty
from audit.differential.subject import Target
from audit.differential.tally import REFUSED, Tally, Trial, compared, examine
from audit.inputs.calls import Call, CallFile
from audit.inputs.request import build_request
from tests.stopping import selected, stopping
from tests.targets import target
from transpiler.evm.assemble import assemble
from zkvm import proof
from zkvm.host.transaction import Transaction

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built: make setup")

CODE = (
    "0 CALLDATALOAD 0xe0 SHR DUP1 0x11111111 EQ @f JUMPI 0x22222222 EQ @g JUMPI 0 0 REVERT f: STOP g: 3 CALLER SUB 0 SSTORE STOP"
)
F, G = "0x11111111", "0x22222222"


@pytest.fixture
def subject(tmp_path: Path) -> Target:
    path = tmp_path / "code.hex"
    path.write_text("0x" + assemble(CODE).hex())
    return target(path)


def trial(subject: Target, *selectors: str) -> Trial:
    request = build_request(CallFile(tuple(Call(data=bytes.fromhex(each[2:])) for each in selectors)), subject.subject)
    request["messages"] = True
    return Trial(0, request, oracle.run(request, trace=True))


def test_a_sequence_that_is_cut_off_counts_up_to_there(subject: Target) -> None:
    whole, cut = Tally(), Tally()
    examine(whole, trial(subject, F, F, G, F), subject, Library())
    examine(cut, trial(subject, F, F, G, F), subject, Library(executor=stopping(selected(G[2:]))))
    assert (whole.calls, whole.outcomes[F]["success"], whole.outcomes[G]["success"]) == (4, 3, 1)
    assert (cut.calls, cut.outcomes) == (2, {F: {"success": 2, "revert": 0, "halt": 0, "refused": 0}})
    assert (cut.stopped, cut.blocked) == (1, {G: Stop(2, "call", "CALL")})
    reached = [coverage(subject, each.seen)[0].edges_reached for each in (whole, cut)]
    assert reached == [3, 1]


def test_what_stops_at_once_counts_for_nothing(subject: Target) -> None:
    tally = Tally()
    examine(tally, trial(subject, G, F), subject, Library(executor=stopping(selected(G[2:]))))
    assert (tally.sequences, tally.calls, tally.outcomes) == (1, 0, {})
    assert coverage(subject, tally.seen, tally.ran)[0].blocks_reached == 0


def test_what_the_evm_ran_outside_the_graph_shows_in_calls_that_were_not_compared(subject: Target) -> None:
    tally = Tally()
    examine(tally, trial(subject, G), subject, Library(executor=stopping(selected(G[2:]))))
    tally.ran["runtime"].edges.add((0, 1))
    (found,) = coverage(subject, tally.seen, tally.ran)
    assert found.outside == ("0x0->0x1",)
    assert found.edges_reached == 0


def test_nothing_counts_after_a_mismatch(subject: Target) -> None:
    fault = next(each for each in FAULTS if each.name == "sub-operands-swapped")
    tally = Tally()
    examine(tally, trial(subject, F, G, F, F), subject, faulty(Library(), fault))
    assert [each.mismatch.field for each in tally.findings] == ["storage"]
    assert tally.calls == 2
    assert tally.outcomes[F]["success"] == 1


def test_a_transaction_that_is_refused_runs_nothing(subject: Target) -> None:
    """The executor's side is the oracle's here: what is told is how such an entry counts."""
    transaction = Transaction(nonce=7, gas_limit=100_000, gas_price=10**9)
    call = Call(data=bytes.fromhex(F[2:]), transaction=transaction)
    request = {**build_request(CallFile((call, Call(data=bytes.fromhex(F[2:])))), subject.subject), "messages": True}
    given = Trial(0, request, oracle.run(request, trace=True))
    tally = Tally()
    examine(tally, given, subject, Library(executor=lambda request, programs, translate: oracle.run(request)))
    assert {name: dict(counts) for name, counts in tally.outcomes.items()} == {
        REFUSED: {"success": 0, "revert": 0, "halt": 0, "refused": 1}, F: {"success": 1, "revert": 0, "halt": 0, "refused": 0},
    }  # fmt: skip


def test_a_trial_is_cut_to_what_is_compared(subject: Target) -> None:
    given = trial(subject, F, G, F)
    assert compared(given, Library()) is given
    part = compared(given, Library(executor=stopping(selected(G[2:]))))
    assert len(part.request["calls"]) == len(part.result["calls"]) == len(part.result["trace"]["calls"]) == 1
