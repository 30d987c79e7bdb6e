"""Version ranges, against the compiler's documented grammar."""

from __future__ import annotations

import pytest

from transpiler.solc.version import Version, newest, parse_range, parse_version, stated_version


def version(text: str) -> Version:
    found = parse_version(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("0.8.10", "0.8.10", "0.8.11"),
        ("=0.7.6", "0.7.6", "0.7.5"),
        ("^0.8.0", "0.8.37", "0.9.0"),
        ("^0.8", "0.8.3", "0.9.0"),
        ("^0.0.3", "0.0.3", "0.0.4"),
        ("^1.2.3", "1.9.0", "2.0.0"),
        ("~0.8.1", "0.8.9", "0.9.0"),
        ("~0.8", "0.8.0", "0.9.0"),
        (">=0.4.22 <0.9.0", "0.8.26", "0.9.0"),
        (">=0.4.22<0.6", "0.5.17", "0.6.0"),
        (">= 0.5.0 < 0.6.0", "0.5.0", "0.4.26"),
        (">0.5.0", "0.5.1", "0.5.0"),
        (">0.5", "0.6.0", "0.5.17"),
        ("<=0.7", "0.7.6", "0.8.0"),
        ("<=0.7.5", "0.7.5", "0.7.6"),
        ("0.4.0 - 0.6.6", "0.6.6", "0.6.12"),
        ("0.4.0 - 0.6", "0.6.12", "0.7.0"),
        ("^0.5.0 || ^0.8.1", "0.8.2", "0.6.0"),
        ("0.8.x", "0.8.37", "0.7.6"),
        ("v0.8.1", "0.8.1", "0.8.2"),
        ('"0.8.1"', "0.8.1", "0.8.2"),
    ],
)
def test_range(text: str, inside: str, outside: str) -> None:
    found = parse_range(text)
    assert found is not None
    assert version(inside) in found
    assert version(outside) not in found


def test_star_is_everything() -> None:
    found = parse_range("*")
    assert found is not None
    assert version("0.1.0") in found
    assert version("9.9.9") in found


@pytest.mark.parametrize("text", ["", "abc", "^", "0.8.0 ||", "0.8.0 - ", ">=0.8 abc", "^^0.8.0"])
def test_no_range(text: str) -> None:
    assert parse_range(text) is None


def test_newest_satisfies_all() -> None:
    candidates = [version(text) for text in ("0.7.6", "0.8.10", "0.8.26", "0.8.37")]
    ranges = [found for found in (parse_range("^0.8.0"), parse_range("<0.8.30")) if found is not None]
    assert newest(candidates, ranges) == version("0.8.26")
    assert newest(candidates, []) == version("0.8.37")
    assert newest([], ranges) is None


def test_releases_only() -> None:
    assert parse_version("0.8.26+commit.8a97fa7a") == Version(0, 8, 26)
    assert parse_version("0.8") is None
    assert parse_version("nightly") is None
    assert str(version("v0.8.26")) == "0.8.26"


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("0.8.26+commit.8a97fa7a", Version(0, 8, 26)),
        ("solc, the solidity compiler commandline interface\nVersion: 0.4.26+commit.4563c3fc.Linux.g++\n", Version(0, 4, 26)),
        ("0.5.17", Version(0, 5, 17)),
        ("0.8.7-nightly.2021.7.1+commit.1a2b3c4d", None),
        ("0.8.7 and more", None),
        ("10.8.7.6", None),
        ("", None),
    ],
)
def test_what_a_compiler_says_it_is(text: str, stated: Version | None) -> None:
    assert stated_version(text) == stated
