"""Every kind of input that people bring."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from transpiler.errors import CompileError, InputError
from transpiler.settings import Settings
from transpiler.solc.artifact import Artifact, Contract
from transpiler.solc.load import load
from transpiler.solc.output import read_contracts
from zkvm.word import keccak256

LIBRARY = """pragma solidity ^0.8.0;
library L { function f(uint x) external pure returns (uint) { return x + 1; } }
contract A { uint immutable i = 5; function g(uint x) public view returns (uint) { return L.f(x) + i; } }
"""


def test_token(contracts: Path) -> None:
    artifact = load(contracts / "tokens" / "Token.sol")
    contract = artifact.contract()
    assert (contract.name, contract.file) == ("Token", "contracts/tokens/Token.sol")
    assert contract.creation is not None
    assert contract.runtime is not None
    assert contract.runtime.template
    assert not contract.creation.template
    assert contract.creation.code_hash == keccak256(contract.creation.code)
    assert {entry["name"] for entry in contract.abi or () if entry["type"] == "function"} >= {
        "transfer",
        "mint",
        "burn",
        "cap",
        "owner",
    }
    assert contract.storage_layout is not None
    assert artifact.compiler is not None
    assert artifact.compiler.version.startswith("0.8.")
    assert artifact.fork == "Osaka"
    assert [each.name for each in artifact.contracts] == ["Token"]
    assert any(each.name == "@openzeppelin/contracts/token/ERC20/ERC20.sol" and each.content for each in artifact.sources)


def test_the_spelling_of_a_path_does_not_change_the_code(contracts: Path) -> None:
    """The metadata at the end of the code hashes the names of units, and names come from paths."""
    usual = load(contracts / "tokens" / "WETH9.sol").contract()
    spelled = load(contracts / "flows" / ".." / "tokens" / "WETH9.sol").contract()
    assert usual == spelled


def test_a_link_before_the_dots_leads_where_the_system_says(tmp_path: Path) -> None:
    """`link/../A.sol` is beside what the link points to, not beside the link."""
    for folder, name in (("one", "A"), ("two", "B")):
        (tmp_path / folder / "inner").mkdir(parents=True)
        (tmp_path / folder / "File.sol").write_text(f"pragma solidity ^0.8.0; contract {name} {{}}")
    (tmp_path / "one" / "link").symlink_to(tmp_path / "two" / "inner")
    assert load(tmp_path / "one" / "link" / ".." / "File.sol").contract().name == "B"


@pytest.mark.parametrize(
    "settings", [Settings(optimize=False), Settings(runs=1), Settings(via_ir=True), Settings(evm_version="london")]
)
def test_settings_change_the_code(contracts: Path, settings: Settings) -> None:
    usual, other = load(contracts / "basic" / "Counter.sol"), load(contracts / "basic" / "Counter.sol", settings)
    assert usual.contract().runtime != other.contract().runtime


@pytest.mark.parametrize("pragma", ["^0.4.26", "^0.7.0"])
def test_an_old_compiler_has_no_via_ir(tmp_path: Path, pragma: str) -> None:
    file = tmp_path / "old.sol"
    file.write_text(f"pragma solidity {pragma}; contract A {{ function f() public {{}} }}")
    assert load(file).contract().runtime is not None
    with pytest.raises(InputError) as error:
        load(file, Settings(via_ir=True))
    assert error.value.code == "no-via-ir"
    assert error.value.place is not None
    assert error.value.place.line == 1


def test_hex(tmp_path: Path) -> None:
    file = tmp_path / "counter.hex"
    file.write_text("0x60005460010180600055\n60005260206000f3\n")
    runtime = load(file).contract()
    assert runtime.name == "counter"
    assert runtime.creation is None
    assert runtime.runtime is not None
    creation = load(file, Settings(creation=True)).contract()
    assert creation.runtime is None
    assert creation.creation is not None
    assert creation.creation.code == runtime.runtime.code


def test_standard_json_in_and_out(tmp_path: Path) -> None:
    document = {
        "language": "Solidity",
        "sources": {"l.sol": {"content": LIBRARY}, "b.sol": {"urls": ["b.sol"]}},
        "settings": {"optimizer": {"enabled": True}},
    }
    (tmp_path / "b.sol").write_text("contract B { function f() public {} }")
    (tmp_path / "input.json").write_text(json.dumps(document))
    artifact = load(tmp_path / "input.json")
    assert [each.name for each in artifact.contracts] == ["B", "A", "L"]
    output = {"contracts": {"l.sol": {"A": flat(artifact.contract("A"))}}, "sources": {"l.sol": {"id": 0}}}
    (tmp_path / "output.json").write_text(json.dumps(output))
    again = load(tmp_path / "output.json").contract()
    assert again.runtime is not None
    assert again.runtime.code == (artifact.contract("A").runtime or again.runtime).code
    assert again.runtime.unlinked


def flat(contract: Contract) -> dict[str, Any]:
    """A compiler's entry with the code of a contract."""
    assert contract.runtime is not None
    links: dict[str, Any] = {}
    for each in contract.runtime.placeholders:
        if each.kind == "library":
            file, _, name = each.name.partition(":")
            links.setdefault(file, {}).setdefault(name, []).append({"start": each.start, "length": each.length})
    return {"abi": [], "evm": {"deployedBytecode": {"object": contract.runtime.code.hex(), "linkReferences": links}}}


@pytest.fixture
def library(tmp_path: Path) -> Path:
    file = tmp_path / "A.sol"
    file.write_text(LIBRARY)
    return file


def test_libraries(library: Path) -> None:
    contract = load(library).contract("A")
    assert contract.runtime is not None
    assert contract.runtime.unlinked == ("A.sol:L",)
    assert {each.kind for each in contract.runtime.placeholders} == {"library", "immutable"}
    with pytest.raises(InputError) as caught:
        contract.runtime.require_linked("A")
    assert caught.value.code == "libraries-not-linked"
    assert "--libraries L=0x" in (caught.value.hint or "")
    address = "0x" + "ab" * 20
    for name in ("L", "A.sol:L"):
        linked = load(library, Settings(libraries=((name, address),))).contract("A").runtime
        assert linked is not None
        assert not linked.unlinked
        assert linked.template, "the immutable is left"
        assert bytes.fromhex(address[2:]) in linked.code
    own = load(library).contract("L").runtime
    assert own is not None
    assert [each.kind for each in own.placeholders] == ["self"]


def test_choosing_a_contract(library: Path) -> None:
    artifact = load(library)
    assert artifact.contract().name == "A", "the one named like the file"
    with pytest.raises(InputError, match="no contract X"):
        artifact.contract("X")
    unnamed = Artifact("other.sol", artifact.contracts)
    with pytest.raises(InputError, match="2 contracts"):
        unnamed.contract()


def test_artefacts_of_other_tools(packages: Path) -> None:
    pool = load(packages / "@uniswap/v3-core/artifacts/contracts/UniswapV3Pool.sol/UniswapV3Pool.json").contract()
    assert pool.runtime is not None
    assert len(pool.runtime.code) == 22142
    assert pool.runtime.template, "its immutables are found though the artefact does not list them"
    router = load(packages / "@uniswap/v2-periphery/build/UniswapV2Router02.json").contract()
    assert router.name == "UniswapV2Router02"
    assert router.creation is not None
    truffle = load(packages / "canonical-weth/build/contracts/WETH9.json")
    assert truffle.compiler is not None
    assert truffle.compiler.backend == "recorded"
    assert truffle.contract().name == "WETH9"


def test_foundry_artefact_and_build_info(tmp_path: Path, contracts: Path) -> None:
    token = load(contracts / "tokens" / "Token.sol").contract()
    assert token.creation is not None
    assert token.runtime is not None
    spots = [{"start": each.start, "length": each.length} for each in token.runtime.placeholders]
    deployed = {"object": "0x" + token.runtime.code.hex(), "immutableReferences": {"7": spots}}
    body = {
        "abi": [],
        "bytecode": {"object": "0x" + token.creation.code.hex(), "linkReferences": {}},
        "deployedBytecode": deployed,
    }
    (tmp_path / "Token.json").write_text(json.dumps({**body, "metadata": {"compiler": {"version": "0.8.37+x"}}, "id": 1}))
    artifact = load(tmp_path / "Token.json")
    assert artifact.contract().runtime is not None
    assert (artifact.contract().runtime or token.runtime).code_hash == token.runtime.code_hash
    assert len((artifact.contract().runtime or token.runtime).placeholders) == len(spots)
    entry = {"abi": [], "evm": {"bytecode": body["bytecode"], "deployedBytecode": deployed}}
    info = {
        "_format": "hh-sol-build-info-1",
        "solcLongVersion": "0.8.37+x",
        "input": {"sources": {"T.sol": {"content": "contract T {}"}}},
        "output": {"contracts": {"T.sol": {"Token": entry}}, "sources": {"T.sol": {"id": 0}}},
    }
    (tmp_path / "info.json").write_text(json.dumps(info))
    built = load(tmp_path / "info.json")
    assert built.contract().name == "Token"
    assert built.sources[0].content == "contract T {}"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.json", '{"language": "Soli', "not-json"),
        ("a.json", "[" * 100_000, "not-json"),
        ("a.json", "[]", "artefact-unknown"),
        ("a.json", "{}", "artefact-unknown"),
        ("a.json", '{"language": "Vyper", "sources": {}}', "artefact-unknown"),
        ("a.json", '{"language": "Solidity", "sources": {"a.sol": {"urls": ["../a.sol"]}}}', "source-not-given"),
        ("a.json", '{"bytecode": "0x60zz"}', "artefact-malformed"),
        ("a.json", '{"bytecode": "0x"}', "no-contract"),
        ("a.json", '{"contracts": {}, "sources": {}}', "no-contract"),
        ("a.sol", "", "source-empty"),
        ("a.sol", "interface I {}", "no-contract"),
        ("a.sol", "pragma solidity 0.3.77; contract A {}", "no-compiler"),
        ("a.sol", "pragma solidity banana; contract A {}", "pragma-malformed"),
        ("a.txt", "", "input-unknown"),
        ("a.hex", "", "code-empty"),
    ],
)
def test_bad_input(tmp_path: Path, name: str, content: str, code: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError) as caught:
        load(tmp_path / name)
    assert caught.value.code == code
    assert caught.value.exit_code == 2


def test_no_file_and_folder(tmp_path: Path) -> None:
    (tmp_path / "folder.sol").mkdir()
    for name, code in (("nosuch.sol", "no-such-file"), ("folder.sol", "is-a-folder")):
        with pytest.raises(InputError) as caught:
            load(tmp_path / name)
        assert caught.value.code == code


def test_does_not_compile(tmp_path: Path) -> None:
    (tmp_path / "a.sol").write_text("contract A { function f( }")
    with pytest.raises(CompileError) as caught:
        load(tmp_path / "a.sol")
    assert caught.value.exit_code == 3
    assert "a.sol:1:26" in caught.value.message


def test_a_placeholder_outside_the_code_is_refused() -> None:
    from transpiler.errors import Place

    references = {"1": [{"start": 0, "length": 32}]}
    output = {"contracts": {"a": {"A": {"evm": {"deployedBytecode": {"object": "00", "immutableReferences": references}}}}}}
    with pytest.raises(InputError, match="outside"):
        read_contracts(output, Place("x"))


def test_options_that_do_nothing_are_said(tmp_path: Path) -> None:
    (tmp_path / "a.hex").write_text("00")
    assert load(tmp_path / "a.hex").notes == ()
    (note,) = load(tmp_path / "a.hex", Settings(optimize=False, runs=1)).notes
    assert note.startswith("--optimize, --runs: not used")


def test_a_compiler_that_breaks_down_is_no_bug_of_ours(tmp_path: Path, contracts: Path) -> None:
    (tmp_path / "deep.sol").write_text("contract A { uint x = " + "(" * 200_000 + "1" + ")" * 200_000 + "; }")
    with pytest.raises(CompileError):
        load(tmp_path / "deep.sol")
    assert load(contracts / "basic" / "Counter.sol").contract().name == "Counter"
