"""Nested frames on the Rust executor: code translated when it is met, every result as revm's."""

from __future__ import annotations

from typing import Any

import pytest

from audit.differential import oracle
from audit.inputs.calls import Call, CallFile
from audit.inputs.request import Subject, build_request
from transpiler.translate import translate
from zkvm import proof
from zkvm.errors import InputError
from zkvm.isa.table import FORKS
from zkvm.program import Kind, Program

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")

OTHER = "0x00000000000000000000000000000000000b0b0b"
COUNTER = bytes.fromhex("366016576000546001018060005560005260206000f35b6063600055602a60005260206000fd")
"""Without data: slot 0 += 1, gives the new word; with data: writes slot 0 and reverts with 42."""
CREATING = bytes.fromhex("69600160005560206000f3600052600a60166000f060005260206000f3")
PRECOMPILES = [f"0x{number:040x}" for number in (2, 3, 4)]
EMPTY = f"0x{0xE0E:040x}"


def calling(op: int, to: str, insize: int = 0, value: int | None = None) -> bytes:
    """Calls with 200000 gas, then returns (output, success, size of memory)."""
    head = bytes.fromhex(f"6020600060{insize:02x}6000") + (b"" if value is None else bytes([0x60, value]))
    return (
        head
        + b"\x73"
        + bytes.fromhex(to[2:])
        + bytes.fromhex("62030d40")
        + bytes([op])
        + bytes.fromhex("6020525960405260606000f3")
    )


def request(code: bytes, fork: str) -> dict[str, Any]:
    made = build_request(CallFile((Call(gas=10**6),), fork), Subject("nested", code, None))
    state = dict(made["state"])
    state[made["contract"]] = dict(state[made["contract"]], balance="0x64")
    state[OTHER] = {"balance": "0x7", "nonce": "0x1", "code": "0x" + COUNTER.hex(), "storage": {"0x0": "0x5"}}
    return dict(made, state=state, messages=True)


class Asked:
    """Translates, and remembers what it was asked."""

    def __init__(self, fork: str) -> None:
        self.fork = fork
        self.codes: list[tuple[bytes, Kind]] = []

    def __call__(self, code: bytes, kind: Kind) -> Program:
        self.codes.append((code, kind))
        return translate(code, self.fork, kind).program


def agree(document: dict[str, Any], fork: str) -> tuple[dict[str, Any], Asked]:
    asked = Asked(fork)
    ours, theirs = proof.execute(document, [], translate=asked), oracle.run(document)
    for each in (*ours["calls"], *theirs["calls"]):
        each.pop("steps")
    for name in ("calls", "state", "unsupported", "missing_code"):
        assert ours[name] == theirs[name], (fork, name)
    return ours, asked


@pytest.mark.parametrize("fork", [fork for fork in FORKS if fork != "Constantinople"])
def test_kinds_of_messages(fork: str) -> None:
    codes = [CREATING, *(calling(0xF1, OTHER, value=value) for value in (0, 3, 101))]
    codes += [calling(0xF1, OTHER, 1, 0), calling(0xF2, OTHER, value=2), *(calling(0xF1, EMPTY, value=value) for value in (0, 5))]
    codes += [calling(0xF1, place, 32, 0) for place in PRECOMPILES]
    if fork != "Frontier":
        codes.append(calling(0xF4, OTHER))
    if FORKS.index(fork) >= FORKS.index("Byzantium"):
        codes += [calling(0xFA, OTHER), calling(0xFA, PRECOMPILES[0], 32)]
    for code in codes:
        _, asked = agree(request(code, fork), fork)
        assert len(asked.codes) == len(set(asked.codes))


def test_a_callee_is_asked_for_when_it_is_met() -> None:
    code = calling(0xF1, OTHER, value=0)
    _, asked = agree(request(code, "Osaka"), "Osaka")
    assert asked.codes == [(code, "runtime"), (COUNTER, "runtime")]
    found = proof.execute(request(code, "Osaka"), [translate(code, "Osaka", "runtime").program])
    assert found["missing_code"] == {"code": "0x" + COUNTER.hex(), "kind": "runtime"}
    assert found["calls"] == []
    nothing = proof.execute(request(code, "Osaka"), [], translate=lambda _code, _kind: None)
    assert nothing["missing_code"]["code"] == "0x" + code.hex()


def test_what_translating_raises_is_raised() -> None:
    def refuse(_code: bytes, _kind: Kind) -> Program:
        raise LookupError("not today")

    with pytest.raises(LookupError, match="not today"):
        proof.execute(request(b"\x00", "Osaka"), [], translate=refuse)
    with pytest.raises(InputError, match="other code"):
        proof.execute(request(b"\x00", "Osaka"), [], translate=lambda _code, kind: translate(b"\x01", "Osaka", kind).program)


def test_the_step_limit_counts_nested_frames() -> None:
    document = request(calling(0xF1, OTHER, value=0), "Osaka")
    (result,) = proof.execute(document, [], translate=Asked("Osaka"))["calls"]
    stopped = proof.execute(document, [], translate=Asked("Osaka"), step_limit=result["steps"] // 2)
    assert (stopped["unsupported"]["code"], stopped["calls"]) == ("step-limit", [])
    assert proof.execute(document, [], translate=Asked("Osaka"), step_limit=result["steps"])["calls"] == [result]


def test_a_code_that_calls_itself_goes_as_deep_as_the_evm() -> None:
    document = request(bytes.fromhex("5f5f5f5f5f305af150600160005500"), "Osaka")
    document["calls"][0]["gas"] = hex(10**14)
    found, _ = agree(document, "Osaka")
    depths = [message["depth"] for message in found["calls"][0]["messages"]]
    assert (max(depths), len(depths)) == (1025, 1026)
    assert found["calls"][0]["messages"][-1]["status"] == "refused"
