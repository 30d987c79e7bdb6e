"""The compilers that the issue names, in all their modes, and the checks before one runs."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from transpiler.errors import InputError
from transpiler.solc import compiler, native, soljson
from transpiler.solc.compiler import Toolbox, toolbox
from transpiler.solc.pins import MISLABELLED, NATIVE_BUILDS, SOLJSON_CHECKSUMS, matches
from transpiler.solc.version import Version, parse_range, parse_version, stated_version

VERSIONS = ("0.4.26", "0.5.17", "0.6.12", "0.7.6", "0.8.37")


@pytest.fixture(scope="session")
def tools(packages: Path) -> Toolbox:
    return toolbox([packages], offline=True)


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def standard_input(optimize: bool, via_ir: bool = False) -> dict[str, Any]:
    source = "contract A { uint x; function f(uint a) public returns (uint) { x += a; return x * 3 + a; } }"
    settings: dict[str, Any] = {
        "optimizer": {"enabled": optimize, "runs": 200},
        "outputSelection": {"*": {"*": ["evm.deployedBytecode.object"]}},
    }
    if via_ir:
        settings["viaIR"] = True
    return {"language": "Solidity", "sources": {"a.sol": {"content": source}}, "settings": settings}


def version(text: str) -> Version:
    found = parse_version(text)
    assert found is not None
    return found


def code_of(output: dict[str, Any]) -> str:
    return str(output["contracts"]["a.sol"]["A"]["evm"]["deployedBytecode"]["object"])


@pytest.mark.long
@pytest.mark.usefixtures("empty_cache")
@pytest.mark.parametrize("text", VERSIONS)
def test_each_version_compiles(tools: Toolbox, text: str) -> None:
    plain = tools.compile(version(text), standard_input(optimize=False))
    optimised = tools.compile(version(text), standard_input(optimize=True))
    assert plain.compiler.version.startswith(f"{text}+commit.")
    assert plain.compiler.backend == "soljson"
    assert plain.compiler.checksum == SOLJSON_CHECKSUMS[text]
    assert plain.notes
    assert 0 < len(code_of(optimised.output)) < len(code_of(plain.output))


@pytest.mark.usefixtures("empty_cache")
def test_via_ir(tools: Toolbox) -> None:
    legacy = tools.compile(version("0.8.37"), standard_input(optimize=True))
    via_ir = tools.compile(version("0.8.37"), standard_input(optimize=True, via_ir=True))
    assert code_of(legacy.output) != code_of(via_ir.output)


def test_cache_gives_the_same(tools: Toolbox, empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tools.compile(version("0.8.37"), standard_input(optimize=True))
    assert len(list(empty_cache.rglob("*.json"))) == 1

    def never(*_: object) -> object:
        raise AssertionError("the compiler ran again")

    monkeypatch.setattr(soljson, "warm_worker", never)
    assert tools.compile(version("0.8.37"), standard_input(optimize=True)) == first


def test_broken_cache_entries_are_ignored(tools: Toolbox, empty_cache: Path) -> None:
    first = tools.compile(version("0.8.37"), standard_input(optimize=True))
    (entry,) = empty_cache.rglob("*.json")
    entry.write_text("{")
    assert tools.compile(version("0.8.37"), standard_input(optimize=True)) == first


def test_installed_packages_are_what_the_pins_say(packages: Path) -> None:
    found = soljson.find_packages([packages])
    assert set(VERSIONS) <= {str(each) for each in found} <= set(SOLJSON_CHECKSUMS)
    for each, package in found.items():
        assert matches(package.soljson.read_bytes(), SOLJSON_CHECKSUMS[str(each)]), each


def test_a_changed_soljson_never_runs(tmp_path: Path) -> None:
    folder = tmp_path / "solc"
    folder.mkdir()
    (folder / "package.json").write_text('{"name": "solc", "version": "0.8.37"}')
    witness = tmp_path / "ran"
    (folder / "soljson.js").write_text(f"require('fs').writeFileSync({str(witness)!r}, '')")
    tools = toolbox([tmp_path], offline=True)
    with pytest.raises(InputError) as caught:
        soljson.warm_worker(tools.packages[Version(0, 8, 37)])
    assert caught.value.code == "compiler-not-trusted"
    assert not witness.exists()


SAYS = """
let text = '%s';
exports._version = () => 0;
exports._compileStandard = () => 0;
exports.cwrap = (name) => name === 'version' ? () => text : () => { require('fs').writeFileSync(%r, ''); return '{}'; };
"""


def installed(folder: Path, text: str, script: str) -> Toolbox:
    (folder / "solc").mkdir(exist_ok=True)
    (folder / "solc" / "package.json").write_text(f'{{"name": "solc", "version": "{text}"}}')
    (folder / "solc" / "soljson.js").write_text(script)
    return toolbox([folder], offline=True)


@pytest.mark.usefixtures("empty_cache")
@pytest.mark.parametrize(
    ("says", "code"),
    [
        ("0.8.37+commit.f401782d.Emscripten.clang", None),
        ("0.8.36+commit.f401782d.Emscripten.clang", "compiler-mislabelled"),
        ("0.8.37-nightly.2026.1.1+commit.f401782d", "compiler-mislabelled"),
        ("", "compiler-mislabelled"),
    ],
)
def test_a_compiler_of_another_version_never_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, code: str | None
) -> None:
    """Its checksum is pinned, by mistake; what it says of itself is looked at before it compiles."""
    witness = tmp_path / "ran"
    script = SAYS % (says, str(witness))
    monkeypatch.setitem(SOLJSON_CHECKSUMS, "0.8.37", "sha256:" + hashlib.sha256(script.encode()).hexdigest())
    tools = installed(tmp_path, "0.8.37", script)
    if code is None:
        assert tools.compile(version("0.8.37"), {}).output == {}
        assert witness.exists()
        return
    with pytest.raises(InputError) as caught:
        tools.compile(version("0.8.37"), {})
    assert caught.value.code == code
    assert str(caught.value.place) == str(tmp_path / "solc" / "soljson.js")
    assert says.removesuffix(".Emscripten.clang") in caught.value.message
    assert caught.value.hint
    assert not witness.exists()


@pytest.mark.parametrize("text", MISLABELLED)
def test_packages_that_hold_another_compiler_are_no_choice(tmp_path: Path, text: str) -> None:
    tools = installed(tmp_path, text, "")
    exact, wide = parse_range(f"={text}"), parse_range(">=0.4.0")
    assert exact is not None
    assert wide is not None
    assert tools.ready == toolbox([], offline=True).ready
    for ranges, wanted in (([], text), ([exact], None), ([wide, exact], None)):
        with pytest.raises(InputError) as caught:
            tools.choose(ranges, wanted)
        assert caught.value.code == "compiler-mislabelled"
        assert f"solc {text} is the compiler {MISLABELLED[text]}" in caught.value.message
        assert "soljson.js" in str(caught.value.place)
    with pytest.raises(InputError) as caught:
        toolbox([], offline=True).choose([], text)
    assert caught.value.code == "no-compiler"
    assert f"npm install solc@{text}" not in (caught.value.hint or "")


def test_no_pinned_package_is_another_one() -> None:
    """A package that holds another version's compiler has that package's checksum: two such passed as compilers of their own."""
    assert len(set(SOLJSON_CHECKSUMS.values())) == len(SOLJSON_CHECKSUMS)
    assert not set(MISLABELLED) & set(SOLJSON_CHECKSUMS)
    assert set(MISLABELLED.values()) <= set(SOLJSON_CHECKSUMS)
    for text, (long_version, _) in NATIVE_BUILDS.items():
        assert stated_version(long_version) == version(text)


@pytest.mark.long
def test_each_installed_package_says_the_version_that_it_is_asked_for_by(packages: Path) -> None:
    for text, package in soljson.find_packages([packages]).items():
        worker = soljson.Worker(package, SOLJSON_CHECKSUMS[str(text)])
        worker.close()
        assert stated_version(worker.version) == text


def test_a_cached_output_of_another_version_is_not_taken(tools: Toolbox, empty_cache: Path) -> None:
    first = tools.compile(version("0.8.37"), standard_input(optimize=True))
    (entry,) = empty_cache.rglob("*.json")
    entry.write_text(json.dumps({"version": "0.7.5+commit.eb77ed08", "output": {}}))
    assert tools.compile(version("0.8.37"), standard_input(optimize=True)) == first


def test_choice(tools: Toolbox) -> None:
    def chosen(text: str) -> str:
        found = parse_range(text)
        assert found is not None
        return str(tools.choose([found]))

    assert chosen("^0.8.0") == "0.8.37"
    assert chosen("=0.8.10") == "0.8.10"
    assert chosen("^0.4.18") == "0.4.26"
    assert chosen(">=0.4.22 <0.6") == "0.5.17"
    assert str(tools.choose([], "0.7.6")) == "0.7.6"
    with pytest.raises(InputError) as caught:
        chosen("0.3.77")
    assert caught.value.code == "no-compiler"
    assert "0.8.37" in (caught.value.hint or "")


def fake_native(says: str, output: str = "{}") -> bytes:
    """A program that says it is this version, and compiles everything to the output."""
    version_line = f"Version: {says}+commit.e11b9ed9.Linux.g++" if says else ""
    return f"""#!/bin/sh
if [ "$1" = --version ]; then printf 'solc, the solidity compiler commandline interface\\n{version_line}\\n'; exit; fi
cat >/dev/null
cat <<E
{output}
E
""".encode()


class TestNative:
    """Native builds: nothing is placed, and nothing runs, but what the pin says."""

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SOLCX_BINARY_PATH", str(tmp_path / "solcx"))
        monkeypatch.setattr(native, "runs_here", lambda: True)

    def test_a_download_with_another_checksum_is_not_placed(self, tmp_path: Path) -> None:
        with pytest.raises(InputError) as caught:
            native.place(version("0.8.24"), lambda url: b"#!/bin/sh\n")
        assert caught.value.code == "compiler-not-trusted"
        assert not list(tmp_path.rglob("solc-*"))

    def test_placed_where_py_solc_x_looks_and_checked_again(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        import solcx

        binary = fake_native("0.8.24")
        monkeypatch.setitem(NATIVE_BUILDS, "0.8.24", ("0.8.24+commit.e11b9ed9", "sha256:" + hashlib.sha256(binary).hexdigest()))
        path = native.place(version("0.8.24"), lambda url: binary)
        assert path == solcx.install.get_executable("0.8.24")
        assert native.installed() == {version("0.8.24"): path}
        assert native.compile_native(version("0.8.24"), path, "{}") == "{}\n"
        path.write_bytes(binary + b"\n")
        with pytest.raises(InputError, match="checksum"):
            native.compile_native(version("0.8.24"), path, "{}")

    @pytest.mark.parametrize("says", ["0.7.5", "0.8.2", ""])
    def test_another_version_under_its_name_never_runs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str) -> None:
        witness = tmp_path / "ran"
        binary = fake_native(says, f"$(touch {witness})")
        monkeypatch.setitem(NATIVE_BUILDS, "0.8.24", ("0.8.24+commit.e11b9ed9", "sha256:" + hashlib.sha256(binary).hexdigest()))
        path = native.place(version("0.8.24"), lambda url: binary)
        with pytest.raises(InputError) as caught:
            native.compile_native(version("0.8.24"), path, "{}")
        assert caught.value.code == "compiler-mislabelled"
        assert str(caught.value.place) == str(path)
        assert not witness.exists()

    def test_unpinned(self) -> None:
        with pytest.raises(InputError) as caught:
            native.place(version("0.8.1"), lambda url: b"")
        assert caught.value.code == "compiler-not-pinned"

    @pytest.mark.usefixtures("empty_cache")
    def test_a_placed_compiler_is_preferred_and_recorded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        binary = fake_native("0.8.24", '{"contracts":{}}')
        checksum = "sha256:" + hashlib.sha256(binary).hexdigest()
        monkeypatch.setitem(NATIVE_BUILDS, "0.8.24", ("0.8.24+commit.e11b9ed9", checksum))
        native.place(version("0.8.24"), lambda url: binary)
        run = compiler.toolbox([]).compile(version("0.8.24"), {})
        assert (run.compiler.backend, run.compiler.checksum, run.output) == ("native", checksum, {"contracts": {}})


def test_our_code_never_lets_py_solc_x_install(root: Path) -> None:
    for file in (root / "transpiler").rglob("*.py"):
        assert "install_solc(" not in file.read_text(), file


def test_an_installed_package_without_a_pin_is_no_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "solc"
    folder.mkdir()
    (folder / "package.json").write_text('{"name": "solc", "version": "0.8.20"}')
    (folder / "soljson.js").write_text("")
    exact = parse_range("=0.8.20")
    assert exact is not None
    monkeypatch.delitem(SOLJSON_CHECKSUMS, "0.8.20")
    tools = toolbox([tmp_path], offline=True)
    for wanted in (None, "0.8.20"):
        with pytest.raises(InputError) as caught:
            tools.choose([exact], wanted)
        assert caught.value.code == "no-compiler"
        assert "none satisfies it" in (caught.value.hint or "")
    # where there is a native build it is fetched, and the package does not stand in its way
    monkeypatch.setattr(native, "runs_here", lambda: True)
    monkeypatch.setattr(native, "place", lambda version: (_ for _ in ()).throw(InputError("compiler-not-fetched", str(version))))
    online = toolbox([tmp_path])
    with pytest.raises(InputError) as caught:
        online.compile(online.choose([exact]), standard_input(optimize=True))
    assert caught.value.code == "compiler-not-fetched"


def test_the_hint_names_a_version_that_helps(tmp_path: Path) -> None:
    exact = parse_range("=0.8.28")
    assert exact is not None
    with pytest.raises(InputError) as caught:
        toolbox([tmp_path], offline=True).choose([exact])
    assert "npm install solc@0.8.28" in (caught.value.hint or "")
