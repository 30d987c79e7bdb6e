"""Generated sequences that go on from a given call file, and whose function a message runs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from audit.differential import oracle
from audit.differential.attribution import OTHER, functions, homes
from audit.differential.campaign import Effort, trials
from audit.differential.scenes import scenes_of
from audit.differential.subject import Target, target_of
from audit.flows.builder import FOLDER
from audit.inputs.job import Job, open_job
from transpiler.settings import Settings
from transpiler.solc.project import OWN_ROOT
from zkvm.errors import InternalError
from zkvm.host.request import request_of
from zkvm.host.result import Result

PAIR = OWN_ROOT / "node_modules" / "@uniswap" / "v2-core" / "build" / "UniswapV2Pair.json"


@cache
def pair() -> tuple[Job, Target]:
    job = open_job(PAIR, Settings(offline=True), FOLDER / "uniswap-v2.calls.json")
    return job, target_of(job.artifact, job.contract, job.subject, job.fork)


@cache
def run() -> tuple[dict[str, Any], Result]:
    request = pair()[0].request
    assert request is not None
    request = {**request, "messages": True}
    return request, oracle.result(request)


def test_nested_messages_count_for_the_contract_that_they_run() -> None:
    """The call file never calls the pair's swap, mint or burn: the router does."""
    target, (request, result) = pair()[1], run()
    where = homes(target, request_of(request), result)
    seen = [
        name.partition("(")[0] for call in result.calls for name, status in functions(target, where, call) if status == "success"
    ]
    assert (seen.count("swap"), seen.count("mint"), seen.count("burn"), seen.count("constructor")) == (4, 2, 1, 2)
    swap = next(index for index, call in enumerate(request["calls"]) if call["data"].startswith("0x38ed1739"))
    assert target.called(request["calls"][swap], request["contract"]) == OTHER


def test_what_another_contract_runs_is_nobodys_function() -> None:
    target, (request, result) = pair()[1], run()
    where = homes(target, request_of(request), result)
    approve = next(index for index, call in enumerate(request["calls"]) if call["data"].startswith("0x095ea7b3"))
    assert not list(functions(target, where, result.calls[approve])), "the token's approve, not the pair's"


@pytest.mark.long
def test_sequences_begin_in_the_middle_of_a_call_file() -> None:
    target, (request, _) = pair()[1], run()
    scenes = scenes_of(target, request)
    assert scenes is not None
    assert all(any(state[home]["code"] != "0x" for home in scenes.homes if home in state) for _, state in scenes.states)
    drawn = list(trials(target, Effort(sequences=80), request))
    assert drawn == list(trials(target, Effort(sequences=80), request)), "the same seed draws the same sequences"
    successes = {
        name.partition("(")[0]
        for each in drawn
        for call in each.answer.calls
        for name, status in functions(target, homes(target, each.asked, each.answer), call)
        if status == "success"
    }
    assert {"swap", "mint"} <= successes


def test_a_call_file_that_never_has_the_code_gives_no_scene(tmp_path: Path) -> None:
    request = {**run()[0], "calls": run()[0]["calls"][:2]}
    bare = {**request, "state": {address: {**each, "code": "0x"} for address, each in request["state"].items()}}
    assert scenes_of(pair()[1], bare) is None


def test_functions_are_not_counted_where_no_messages_were_asked_for() -> None:
    target, (request, result) = pair()[1], run()
    silent = replace(result.calls[0], messages=None)
    with pytest.raises(InternalError, match="messages"):
        list(functions(target, homes(target, request_of(request), result), silent))
