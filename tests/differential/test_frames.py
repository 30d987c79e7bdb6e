"""Random code, one frame at a time, under every rule set: the executor observes what revm observes."""

from __future__ import annotations

from random import Random

import pytest

from audit.differential import oracle
from audit.differential.compare import judge
from audit.differential.execution import Library
from audit.inputs.calls import CALLER_ADDRESS, CONTRACT_ADDRESS, AccountState, Call, CallFile
from audit.inputs.request import Subject, build_request
from tests.property.bytecode import random_code
from transpiler.translate import Tier, translate
from zkvm import machine, proof
from zkvm.errors import Unsupported
from zkvm.host.environment import Environment
from zkvm.isa.table import FORKS
from zkvm.program import Kind, Program
from zkvm.word import keccak256

OTHER = "0x" + "11" * 20
ACCOUNTS = (
    CONTRACT_ADDRESS,
    CALLER_ADDRESS,
    "0x00000000000000000000000000000000c01b0001",
    "0x" + "00" * 19 + "04",
    OTHER,
    "0x" + "00" * 20,
)
CASES = 25

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")


def sequence(seed: int, fork: str) -> tuple[CallFile, Subject]:
    """A contract of random code, created or there already, and a few calls to it."""
    random = Random(f"{fork} {seed}")
    create = random.random() < 0.3
    code = random_code(random, fork, tuple(int(each, 16) for each in ACCOUNTS))
    calls = []
    if create:
        code += bytes(34) if random.random() < 0.5 else b""  # else it may run into its arguments
        calls.append(
            Call(create=True, data=random.randbytes(random.randrange(40)), gas=random.choice((10**6, random.randrange(10**5))))
        )
    for _ in range(random.randint(1, 3)):
        gas = random.choice((10**6, 10**6, random.randrange(60_000)))
        value, origin = random.choice((0, 0, 0, 1, 1000)), random.choice((CALLER_ADDRESS, OTHER))
        data, own = random.randbytes(random.randrange(100)), random.random() < 0.2
        caller, value = (CONTRACT_ADDRESS, 0) if own else (CALLER_ADDRESS, value)
        calls.append(Call(caller=caller, data=data, gas=gas, value=value, origin=origin))
    slots = () if create else ((0, 1), (1, 1 << 255))
    state = [(CONTRACT_ADDRESS, AccountState(balance=random.choice((0, 5)), storage=slots))]
    if random.random() < 0.5:
        state.append((OTHER, AccountState(balance=random.choice((0, 7)), code=random.choice((b"", b"\x60\x01\x00")))))
    hashes = ((19_999_999, b"\x07" * 32), (4, b"\x09" * 32))
    blobs = (b"\x01" * 32, b"\x02" * 32) if random.random() < 0.5 else ()
    env = Environment(number=random.choice((20_000_000, 5, 300)), block_hashes=hashes, blob_hashes=blobs)
    return CallFile(tuple(calls), fork, env, state=tuple(sorted(state))), Subject("random", code, code)


@pytest.mark.parametrize("fork", FORKS)
def test_frames_agree(fork: str) -> None:
    compared = 0
    for seed in range(CASES):
        file, subject = sequence(seed, fork)
        request = build_request(file, subject)
        try:
            verdict = judge(request, Library().result, oracle.result)
        except Unsupported as error:
            assert (fork, error.code) == ("Constantinople", "oracle-not-covered")  # noqa: PT017 - the only one allowed
            continue
        assert verdict.mismatch is None, f"{fork}, seed {seed}: {verdict.mismatch}"
        compared += verdict.calls
    assert compared > CASES


ARGUMENTS = bytes.fromhex("60066002555f5ff35b00")


@pytest.mark.parametrize("tier", ["optimised", "generic"])
@pytest.mark.parametrize(
    ("code", "with_arguments"),
    [
        ("6005600155", "success"),  # runs off its end
        ("600561", "success"),  # in a PUSH, whose bytes are then the arguments'
        ("600b56", "success"),  # jumps behind its end, to a JUMPDEST of the arguments
        ("6001600d57", "success"),
        ("5f3515600f5700", "success"),  # the same on a condition that only a run knows
        ("5f5ff3", "success"),
        ("5f5ffd", "revert"),
        ("600356fe", "halt"),  # to no JUMPDEST of the code itself
    ],
)
def test_arguments_run_as_code(code: str, with_arguments: str, tier: Tier) -> None:
    """Creation code that goes on in its arguments runs them, as the EVM does; without arguments it ends as code does."""
    creation = bytes.fromhex(code)
    library = Library()
    library.translations[keccak256(creation), "creation", "Osaka"] = translate(creation, "Osaka", "creation", tier=tier)
    subject = Subject("random", None, creation)
    for data in (b"", ARGUMENTS):
        request = build_request(CallFile((Call(create=True, data=data),)), subject)
        verdict = judge(request, library.result, oracle.result)
        assert (verdict.mismatch, verdict.stop) == (None, None)
        (theirs,) = oracle.run(request)["calls"]
        assert data == b"" or theirs["status"] == with_arguments


def test_empty_creation_code_runs_its_arguments() -> None:
    request = build_request(CallFile((Call(create=True, data=ARGUMENTS),)), Subject("none", None, b""))

    def whole(code: bytes, kind: Kind) -> Program:
        return translate(code, "Osaka", kind).program

    (theirs,) = oracle.run(request)["calls"]
    for run in (proof.execute, machine.execute):
        (ours,) = run(request, [], translate=whole)["calls"]
        assert [ours[name] for name in ("status", "gas_left")] == [theirs[name] for name in ("status", "gas_left")]


def test_a_batch_may_meet_many_codes() -> None:
    places = [f"0x{number:040x}" for number in range(0x1000, 0x1050)]
    state = [(place, AccountState(code=bytes([0x60, index, 0x50, 0]))) for index, place in enumerate(places)]
    request = build_request(CallFile(tuple(Call(to=place) for place in places), state=tuple(state)), Subject("many", b"", None))
    verdict = judge(request, Library().result, oracle.result)
    assert (verdict.calls, verdict.mismatch) == (80, None)
