"""What `verify` holds a receipt against: the contract, the compiler's options and the rule set, chosen as in `prove`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from audit.cli import run
from transpiler.settings import Settings
from transpiler.solc.load import load
from zkvm import proof

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")

SOURCE: Final = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract First {
    uint256 public count;
    function add(uint256 a) external { count += a; }
}

contract Second {
    uint256 public product = 1;
    function add(uint256 a) external { product *= a; }
}

contract Third {
    uint256 public last;
    function add(uint256 a) external { last = a; }
}
"""
LINKED: Final = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

library Far {
    function twice(uint256 a) external pure returns (uint256) { return a + a; }
}

contract User {
    uint256 public count;
    function near(uint256 a) external { count = a; }
    function far(uint256 a) external { count = Far.twice(a); }
}
"""
ADD: Final = "0x1003e2d2" + f"{5:064x}"
NEAR: Final = "0xed3c0eb8" + f"{5:064x}"


def prove(folder: Path, source: str, calls: dict[str, Any], *options: str) -> list[str]:
    """A receipt of calls of a source; the words that verify it against both."""
    (folder / "in.sol").write_text(source)
    (folder / "calls.json").write_text(json.dumps(calls))
    given = ["--calls", str(folder / "calls.json")]
    assert run(["prove", str(folder / "in.sol"), "--offline", *given, *options, "-o", str(folder / "it.receipt")]) == 0
    return ["verify", str(folder / "it.receipt"), "--offline", "--bytecode", str(folder / "in.sol"), *given]


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A receipt of the second of two contracts, not optimised, under Cancun rules."""
    calls = {"calls": [{"create": True}, {"data": ADD}]}
    options = ["--contract", "Second", "--no-optimize", "--fork", "Cancun"]
    return prove(tmp_path_factory.mktemp("second"), SOURCE, calls, *options)


def test_of_several_contracts_the_one_that_ran(second: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--no-optimize", "--fork", "Cancun"]
    assert run([*second, *options, "--json"]) == 0
    capsys.readouterr()
    assert run([*second, *options, "--contract", "Second", "--json"]) == 0
    verdict = json.loads(capsys.readouterr().out)
    assert [each["pinned"] for each in verdict["programs"]] == [True, True]
    receipt = [word for word in second if word != "--calls" and not word.endswith("calls.json")]
    for words in (second, receipt):
        assert run([*words, *options, "--contract", "First"]) == 5
        assert run([*words, *options, "--contract", "Third"]) == 5
        assert run([*words, *options, "--contract", "Fourth"]) == 2
    # of the first contract's creation nothing is pinned by the others
    first = prove(tmp_path, SOURCE, {"calls": [{"create": True}]}, "--contract", "First")
    for words in (first, first[:5]):
        assert run([*words, "--contract", "First"]) == 0
        for name in ("Second", "Third"):
            assert run([*words, "--contract", name]) == 5


def test_options_must_be_those_of_the_proof(second: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*second, "--fork", "Cancun"]) == 5, "optimised code is other code"
    assert run([*second, "--no-optimize"]) == 5, "the call file states no rule set, so it is of the default one"
    capsys.readouterr()
    receipt = second[:2]
    assert run(receipt) == 0
    assert run([*receipt, "--fork", "Cancun"]) == 0
    capsys.readouterr()
    assert run([*receipt, "--fork", "Prague", "--json"]) == 5
    assert "Cancun" in json.loads(capsys.readouterr().out)["reason"]


def test_libraries_must_be_linked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place, other = "0x" + "11" * 20, "0x" + "22" * 20
    options = ["--contract", "User"]
    words = prove(tmp_path, LINKED, {"calls": [{"data": NEAR}]}, *options, "--libraries", f"Far={place}")
    assert run([*words, *options, "--libraries", f"Far={place}"]) == 0
    assert run([*words, *options, "--libraries", f"Far={other}"]) == 5
    capsys.readouterr()
    assert run([*words, *options]) == 2
    assert "libraries-not-linked" in capsys.readouterr().err
    assert run(words) == 2, "the library runs nothing here, and the user is not linked"
    bent = bytearray((tmp_path / "it.receipt").read_bytes())
    bent[len(bent) // 2] ^= 1
    (tmp_path / "it.receipt").write_bytes(bent)
    assert run(words) == 5, "nothing else matters where the receipt is not valid"


IMMUTABLE: Final = """// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

contract Fixed {
    uint256 public immutable rate;
    uint256 public last;
    constructor(uint256 r) { rate = r; }
    function add(uint256 a) external { last = a * rate; }
}
"""


def test_immutables_at_zero_are_nobodys_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The bytes of an artefact with immutables are a template: a receipt that runs them as they stand runs no code of the contract."""
    (tmp_path / "fixed.sol").write_text(IMMUTABLE)
    template = load(tmp_path / "fixed.sol", Settings(offline=True)).contract().runtime
    assert template is not None
    assert template.template
    (tmp_path / "zero.hex").write_text(template.code.hex())
    (tmp_path / "calls.json").write_text(json.dumps({"calls": [{"data": ADD}]}))
    given = ["--calls", str(tmp_path / "calls.json")]
    assert run(["prove", str(tmp_path / "zero.hex"), *given, "-o", str(tmp_path / "zero.receipt")]) == 0
    references = {"1": [{"start": each.start, "length": each.length} for each in template.placeholders]}
    artefact = {
        "contractName": "Fixed", "abi": [], "bytecode": "0x",
        "deployedBytecode": {"object": "0x" + template.code.hex(), "immutableReferences": references},
    }  # fmt: skip
    (tmp_path / "only.json").write_text(json.dumps(artefact))
    for name in ("fixed.sol", "only.json"):
        for more in ([], given):
            words = ["verify", str(tmp_path / "zero.receipt"), "--offline", "--bytecode", str(tmp_path / name), *more]
            assert run(words) == 5, (name, more)
    capsys.readouterr()
    # where another account is created with it, calls of `contract` before any create are still an error
    creator = {"create": True, "to": "0x" + "77" * 20, "data": "0x" + f"{3:064x}"}
    (tmp_path / "mixed.json").write_text(json.dumps({"calls": [creator, {"data": ADD}]}))
    (tmp_path / "one.json").write_text(json.dumps({"calls": [creator]}))
    made = [
        "prove",
        str(tmp_path / "fixed.sol"),
        "--offline",
        "--calls",
        str(tmp_path / "one.json"),
        "-o",
        str(tmp_path / "one.r"),
    ]
    assert run(made) == 0
    words = ["verify", str(tmp_path / "one.r"), "--offline", "--bytecode", str(tmp_path / "fixed.sol")]
    assert run([*words, "--calls", str(tmp_path / "one.json")]) == 0
    assert run([*words, "--calls", str(tmp_path / "mixed.json")]) == 2
    assert "immutables-not-set" in capsys.readouterr().err


def test_the_order_of_inputs_does_not_matter(tmp_path: Path) -> None:
    other = "0x" + "77" * 20
    (tmp_path / "a.hex").write_text("0x60015f5500")
    (tmp_path / "b.hex").write_text("0x60025f5500")
    calls = {"state": {other: {"code": "0x60025f5500"}}, "calls": [{}, {"to": other}]}
    (tmp_path / "calls.json").write_text(json.dumps(calls))
    given = ["--calls", str(tmp_path / "calls.json")]
    assert run(["prove", str(tmp_path / "a.hex"), *given, "-o", str(tmp_path / "two.r")]) == 0
    for order in (("a", "b"), ("b", "a"), ("a",)):
        pinned = [word for name in order for word in ("--bytecode", str(tmp_path / f"{name}.hex"))]
        assert run(["verify", str(tmp_path / "two.r"), *pinned, *given]) == 0, order
    assert run(["verify", str(tmp_path / "two.r"), "--bytecode", str(tmp_path / "b.hex"), *given]) == 5
    (tmp_path / "c.hex").write_text("0x60035f5500")
    assert run(["verify", str(tmp_path / "two.r"), *pinned, "--bytecode", str(tmp_path / "c.hex"), *given]) == 5


def test_what_a_verdict_states_can_be_stated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = prove(tmp_path, SOURCE, {"calls": [{"create": True}, {"data": ADD}]}, "--contract", "Second")
    capsys.readouterr()
    assert run([*words, "--json"]) == 0
    verdict = json.loads(capsys.readouterr().out)
    contract = verdict["contract"]
    assert verdict["calls"][1]["origin"] == verdict["calls"][1]["caller"]
    assert int(verdict["env"]["chain_id"], 16) == 1
    assert verdict["before"][contract]["code"] == "0x"
    assert verdict["after"][contract]["code"] == verdict["calls"][0]["return_data"]
    assert verdict["after"][contract]["storage"] == {"0x0": "0x5"}
    # what the batch left is where the next one begins
    words = prove(
        tmp_path, SOURCE, {"contract": contract, "state": verdict["after"], "calls": [{"data": ADD}]}, "--contract", "Second"
    )
    capsys.readouterr()
    assert run([*words, "--json"]) == 0
    next_one = json.loads(capsys.readouterr().out)
    assert next_one["before"] == {contract: verdict["after"][contract]}
    assert next_one["after"][contract]["storage"] == {"0x0": "0x19"}
    # a hash that the code does not have
    state = {contract: {"code_hash": "0x" + "11" * 32}}
    (tmp_path / "calls.json").write_text(json.dumps({"contract": contract, "state": state, "calls": [{"data": ADD}]}))
    assert (
        run(["check", str(tmp_path / "in.sol"), "--contract", "Second", "--offline", "--calls", str(tmp_path / "calls.json")])
        == 2
    )
    assert "code-contradicted" in capsys.readouterr().err


def test_a_call_file_may_not_contradict_the_rule_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in.sol").write_text(SOURCE)
    (tmp_path / "calls.json").write_text(json.dumps({"fork": "Prague", "calls": [{"create": True}]}))
    words = [str(tmp_path / "in.sol"), "--contract", "First", "--offline", "--calls", str(tmp_path / "calls.json")]
    for command in ("check", "prove"):
        assert run([command, *words, "--fork", "London"]) == 2
        told = capsys.readouterr().err
        assert "fork-contradicted" in told
        assert "#/fork" in told
        assert run([command, *words, "--fork", "Prague"]) == 0
        assert run([command, *words]) == 0


@pytest.mark.parametrize("command", ["prove", "check"])
@pytest.mark.parametrize(
    ("calls", "place"),
    [
        ({"calls": [{"create": True}, {"create": True, "to": "contract"}]}, "calls[1].to"),
        ({"calls": [{"create": True, "to": "0x" + "00" * 19 + "01"}]}, "calls[0].to"),
        ({"calls": [{"create": True}], "state": {"contract": {"storage": {"0x0": "0x1"}}}}, "calls[0].to"),
        ({"calls": [{"create": True}], "state": {"contract": {"nonce": "0x1"}}}, "calls[0].to"),
        ({"calls": [{"data": ADD}, {"create": True}]}, "calls[1].to"),
    ],
)
def test_a_create_where_an_account_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, calls: dict[str, Any], place: str
) -> None:
    (tmp_path / "in.sol").write_text(SOURCE)
    (tmp_path / "calls.json").write_text(json.dumps(calls))
    words = [command, str(tmp_path / "in.sol"), "--contract", "Second", "--offline", "--calls", str(tmp_path / "calls.json")]
    assert run([*words, "-o", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert place in told
    assert "a create at" in told
    assert not (tmp_path / "out").exists()
