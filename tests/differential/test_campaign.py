"""Whole campaigns on the contracts that ship with the project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from audit.differential.campaign import CheckResult, Effort, check
from audit.differential.execution import Library
from audit.differential.faults import CATALOGUE
from audit.differential.machine_faults import MACHINE_FAULTS
from audit.differential.self_test import self_test
from audit.differential.subject import Target, target_of
from audit.differential.vector import read_vector, replay, write_vector
from audit.inputs.job import open_job
from tests.stopping import selected, stopping
from tests.targets import target
from transpiler.evm.assemble import assemble
from transpiler.settings import Settings
from zkvm import proof

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")


@pytest.fixture(scope="module")
def token(contracts: Path) -> Target:
    return target(contracts / "tokens" / "Token.sol")


@pytest.mark.parametrize("name", ["tokens/Token.sol", "basic/Ledger.sol", "basic/Counter.sol"])
def test_a_thousand_sequences_agree(contracts: Path, name: str) -> None:
    result = check(target(contracts / name), Effort(sequences=1000))
    assert result.findings == ()
    assert result.exit_code == 0
    assert result.sequences == 1000
    assert not [each for kind in result.coverage for each in kind.outside], "revm left the static graph"
    runtime = next(each for each in result.coverage if each.kind == "runtime")
    assert runtime.edges_reached > runtime.edges * 0.7
    never = {name for name, counts in result.outcomes.items() if "(" in name and not counts["success"]}
    assert not never, result.outcomes


@pytest.mark.parametrize(
    "name", ["tokens/Token.sol", "basic/Ledger.sol", "basic/Counter.sol", "basic/Messenger.sol", "tokens/Items.sol"]
)
def test_each_function_succeeds_by_default(contracts: Path, name: str) -> None:
    result = check(target(contracts / name))
    assert {each.status for each in result.functions} == {"succeeded"}
    assert result.exit_code == 0


def test_external_calls_are_compared(contracts: Path) -> None:
    """`withdraw` sends ether to whoever asks, which is a call."""
    result = check(target(contracts / "tokens" / "WETH9.sol"), Effort(sequences=60))
    assert (result.findings, result.stops) == ((), ())
    assert result.outcomes["withdraw(uint256)"]["success"]


def named(result: CheckResult) -> dict[str, str]:
    return {each.name: each.status for each in result.unanswered}


def test_calls_that_were_never_compared_answer_nothing(packages: Path) -> None:
    """OpenZeppelin's TimelockController where a run stops in `execute`: it is named, and nothing of those calls counts."""
    timelock = target(packages / "@openzeppelin/contracts/governance/TimelockController.sol")
    whole = check(timelock)
    cut = check(timelock, library=Library(executor=stopping(selected("134008d3"))))
    execute = "execute(address,uint256,bytes,bytes32,bytes32)"
    assert named(cut)[execute] == "blocked"
    assert cut.exit_code == 4
    assert not cut.complete
    assert execute not in cut.outcomes
    assert cut.calls < whole.calls
    reached = [next(each for each in result.coverage if each.kind == "runtime").edges_reached for result in (cut, whole)]
    assert reached[0] < reached[1]
    assert set(named(whole)) <= {execute}
    assert whole.exit_code == (4 if named(whole) else 0)
    assert not [name for name, counts in whole.outcomes.items() if "(" in name and not counts["success"] and name != execute]


GATE = """
pragma solidity ^0.8.20;
contract Gate {
    uint256 public opened;
    function open(uint256 key) external { require(uint256(keccak256(abi.encode(key, address(this)))) < 2, "locked"); opened += 1; }
    function knock() external pure returns (uint256) { return 7; }
    function closed() external pure { revert("never"); }
    function spin() external payable { while (true) { if (gasleft() == 0) break; } }
    receive() external payable { revert(); }
}
"""


def test_a_function_that_never_succeeded_is_named_and_leaves_it_incomplete(tmp_path: Path) -> None:
    (tmp_path / "Gate.sol").write_text(GATE)
    gate = target(tmp_path / "Gate.sol")
    result = check(gate, Effort(sequences=60))
    assert (result.findings, result.stops) == ((), ())
    assert {each.name: each.status for each in result.functions} == {
        "constructor": "succeeded", "opened()": "succeeded", "knock()": "succeeded", "open(uint256)": "only-reverted",
        "spin()": "only-halted", "closed()": "cannot-succeed", "receive": "cannot-succeed",
    }  # fmt: skip
    assert named(result) == {"open(uint256)": "only-reverted", "spin()": "only-halted"}
    assert result.exit_code == 4


def test_calls_of_an_account_without_code_are_no_successes(tmp_path: Path) -> None:
    """No constructor run succeeds, and the code has an immutable, so it is never there: its functions are not reached."""
    never = "require(uint256(keccak256(abi.encode(gasleft()))) < 2);"
    source = f"contract A {{ uint256 immutable x; constructor() {{ x = 1; {never} }} function f() external view returns (uint256) {{ return x; }} }}"
    (tmp_path / "A.sol").write_text(f"pragma solidity ^0.8.20; {source}")
    result = check(target(tmp_path / "A.sol"), Effort(sequences=30))
    assert {each.name: each.status for each in result.functions} == {"constructor": "only-reverted", "f()": "not-reached"}
    assert result.exit_code == 4


def test_functions_count_where_the_contract_is_gone_afterwards(tmp_path: Path) -> None:
    source = "contract A { function end() external { selfdestruct(payable(msg.sender)); } }"
    (tmp_path / "A.sol").write_text(f"pragma solidity 0.8.10; {source}")
    result = check(target(tmp_path / "A.sol", fork="London"), Effort(sequences=30))
    assert {each.name: each.status for each in result.functions} == {"constructor": "succeeded", "end()": "succeeded"}


def test_given_calls_state_their_own_scope(contracts: Path) -> None:
    job = open_job(contracts / "tokens/Token.sol", Settings(offline=True), contracts / "tokens/Token.calls.json")
    result = check(target(contracts / "tokens/Token.sol"), Effort(sequences=0), given=job.request)
    assert any(not each.calls for each in result.functions)
    assert result.unanswered == ()
    assert result.exit_code == 0


def test_processes_change_nothing(token: Target) -> None:
    def seen(result: CheckResult) -> object:
        return {**result.as_json(), "seconds": None}

    effort = Effort(sequences=110, depth=4)
    assert seen(check(token, effort, jobs=2)) == seen(check(token, effort))


AROUND_CALLS = {
    "value-dropped",
    "wrong-callee",
    "static-flag-lost",
    "return-data-of-another-call",
    "nested-undo-left-out",
    "one-64th-off-by-one",
}


def test_each_seeded_fault_is_found_and_replays(token: Target) -> None:
    kills = self_test(token, Effort())
    assert len([each for each in kills if each.sites]) >= 19
    assert {each.fault.name for each in kills if not each.passed} == AROUND_CALLS, "the token calls nobody"
    assert {each.finding.mismatch.field for each in kills if each.finding} >= {
        "status",
        "return_data",
        "storage",
        "gas_left",
        "logs.topics",
    }


def test_each_fault_around_calls_is_found_and_replays(contracts: Path, tmp_path: Path) -> None:
    messenger = target(contracts / "basic" / "Messenger.sol")
    chosen = [each for each in CATALOGUE if each.name in AROUND_CALLS]
    kills = self_test(messenger, Effort(), faults=chosen)
    assert {each.fault.name for each in kills if each.passed} == AROUND_CALLS
    for each in kills:
        assert each.vector is not None
        write_vector(tmp_path / "vector.json", each.vector)
        vector = read_vector(tmp_path / "vector.json")
        assert vector.fault == each.fault
        assert replay(vector).reproduced
        assert replay(replace(vector, fault=None)).mismatch is None


def test_a_fault_around_calls_does_not_apply_where_nothing_is_called(token: Target) -> None:
    around = [each for each in MACHINE_FAULTS if each.name in AROUND_CALLS]
    kills = self_test(token, Effort(sequences=40), faults=around)
    assert [(each.sites, each.finding) for each in kills] == [(0, None)] * len(around)


def test_a_contract_that_only_creates_shows_a_64th_off_by_one(tmp_path: Path) -> None:
    (tmp_path / "maker.hex").write_text("0x" + assemble("0 0 0 CREATE STOP").hex())
    wrong = [each for each in MACHINE_FAULTS if each.name == "one-64th-off-by-one"]
    (kill,) = self_test(target(tmp_path / "maker.hex"), Effort(sequences=5), faults=wrong)
    assert kill.passed


def test_a_self_test_begins_in_the_middle_of_given_calls(contracts: Path) -> None:
    """Alone, a clone is a constructor; the factory's call file is what makes calls."""
    job = open_job(
        contracts / "flows/Factories.sol", Settings(offline=True, contract="Box"), contracts / "flows/clones.calls.json"
    )
    box = target_of(job.artifact, job.contract, job.subject, job.fork)
    wrong = [each for each in CATALOGUE if each.name == "wrong-callee"]
    (kill,) = self_test(box, Effort(sequences=0), given=job.request, faults=wrong)
    assert kill.passed
    assert kill.finding is not None
    assert kill.finding.sequence == -1


def test_a_time_out_is_incomplete(token: Target) -> None:
    result = check(token, Effort(sequences=5000, timeout_s=0.2))
    assert result.timed_out
    assert result.exit_code == 4
    assert result.sequences < 5000


@pytest.mark.parametrize(
    "name",
    [
        "@uniswap/v2-core/build/UniswapV2Pair.json",
        "@uniswap/v2-periphery/build/UniswapV2Router02.json",
        "canonical-weth/build/contracts/WETH9.json",
    ],
)
def test_published_contracts_stay_inside_their_graphs(packages: Path, name: str) -> None:
    path = packages / name
    if not path.exists():
        pytest.skip("the package is not installed")
    result = check(target(path), Effort(sequences=60))
    assert result.findings == ()
    assert not [each for kind in result.coverage for each in kind.outside]
    assert next(each for each in result.coverage if each.kind == "runtime").blocks_reached > 50
