"""Roots, remappings and configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from transpiler.errors import InputError
from transpiler.settings import Settings
from transpiler.solc.project import Remapping, open_project, parse_remapping, remap


def test_remapping_forms() -> None:
    assert parse_remapping("a/=b/") == Remapping("", "a/", "b/")
    assert parse_remapping("ctx:a/=b/") == Remapping("ctx", "a/", "b/")
    assert parse_remapping("a/=") == Remapping("", "a/", "")
    assert str(parse_remapping("ctx:a/=b/")) == "ctx:a/=b/"
    for wrong in ("a/", "=b", "ctx:=b"):
        with pytest.raises(InputError, match="remapping"):
            parse_remapping(wrong)


def test_longest_context_then_longest_prefix_wins() -> None:
    rules = [Remapping("", "x/", "one/"), Remapping("", "x/y/", "two/"), Remapping("lib/", "x/", "three/")]
    assert remap("x/a.sol", "src/m.sol", rules) == "one/a.sol"
    assert remap("x/y/a.sol", "src/m.sol", rules) == "two/a.sol"
    assert remap("x/y/a.sol", "lib/m.sol", rules) == "three/y/a.sol"
    assert remap("z.sol", "src/m.sol", rules) == "z.sol"


def test_foundry_project(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "lib" / "dep" / "src").mkdir(parents=True)
    (tmp_path / "remappings.txt").write_text("# comment\n@a/=vendor/a/\n")
    (tmp_path / "foundry.toml").write_text(
        '[profile.default]\noptimizer = false\noptimizer_runs = 7\nvia_ir = true\nevm_version = "paris"\nsolc = "0.8.26"\n'
        'remappings = ["@b/=vendor/b/"]\n'
    )
    project = open_project(tmp_path / "src" / "A.sol", Settings(runs=9, remappings=("@a/=mine/",)))
    assert project.root == tmp_path
    assert (project.settings.optimize, project.settings.runs, project.settings.via_ir) == (False, 9, True)
    assert (project.settings.evm_version, project.settings.solc) == ("paris", "0.8.26")
    assert {each.prefix: each.target for each in project.remappings} == {
        "@a/": "mine/",
        "@b/": "vendor/b/",
        "dep/": "lib/dep/src/",
    }


def test_malformed_configuration(tmp_path: Path) -> None:
    (tmp_path / "foundry.toml").write_text("[profile")
    with pytest.raises(InputError) as caught:
        open_project(tmp_path / "A.sol", Settings())
    assert caught.value.code == "configuration-malformed"


def test_packages_are_searched_upwards(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "a" / "package.json").write_text("{}")
    project = open_project(inner / "A.sol", Settings())
    assert project.root == tmp_path / "a"
    assert project.packages[0] == tmp_path / "node_modules"
