"""The closure of a file under its imports."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpiler.errors import InputError
from transpiler.settings import Settings
from transpiler.solc.project import open_project
from transpiler.solc.sources import SourceTree, read_tree


def tree(file: Path, settings: Settings | None = None) -> SourceTree:
    return read_tree(file, open_project(file, settings or Settings()))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "package.json").write_text("{}")
    package = tmp_path / "node_modules" / "@scope" / "lib"
    package.mkdir(parents=True)
    (package / "L.sol").write_text('import "./M.sol"; library L {}')
    (package / "M.sol").write_text("library M {}")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "A.sol").write_text(
        'pragma solidity ^0.8.0; import "@scope/lib/L.sol"; import "../src/B.sol"; contract A {}'
    )
    (tmp_path / "src" / "B.sol").write_text('pragma solidity <0.9.0; import "./A.sol"; import "x/M.sol"; contract B {}')
    return tmp_path


def test_names_are_the_compilers(project: Path) -> None:
    found = tree(project / "src" / "A.sol", Settings(remappings=("x/=@scope/lib/",)))
    assert found.main.name == "src/A.sol"
    assert {unit.name for unit in found.units} == {"src/A.sol", "src/B.sol", "@scope/lib/L.sol", "@scope/lib/M.sol"}
    assert [each.text for each in found.ranges] == ["^0.8.0", "<0.9.0"]


def test_missing_import_stands_at_its_line(project: Path) -> None:
    with pytest.raises(InputError) as caught:
        tree(project / "src" / "A.sol")
    error = caught.value
    assert error.code == "import-not-found"
    assert error.place is not None
    assert error.place.what.endswith("B.sol")
    assert (error.place.line, error.place.column) == (1, 50)


@pytest.mark.parametrize("path", ["../../../etc/passwd", "/etc/passwd", "a/../../b.sol"])
def test_imports_stay_in_the_project(project: Path, path: str) -> None:
    (project / "src" / "C.sol").write_text(f'import "{path}";')
    with pytest.raises(InputError) as caught:
        tree(project / "src" / "C.sol")
    assert caught.value.code == "import-outside-project"


def test_malformed_pragma_and_text(project: Path) -> None:
    (project / "D.sol").write_text("pragma solidity banana; contract D {}")
    with pytest.raises(InputError, match="banana"):
        _ = tree(project / "D.sol").ranges
    (project / "E.sol").write_bytes(b"contract \xff {}")
    with pytest.raises(InputError, match="UTF-8"):
        tree(project / "E.sol")
