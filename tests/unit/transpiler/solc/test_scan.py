"""Pragmas and imports among comments and strings that look like them."""

from __future__ import annotations

from transpiler.solc.scan import line_and_column, scan

SOURCE = r"""// import "commented.sol";
/* pragma solidity ^0.1.0; import "also.sol"; */
pragma solidity >=0.4.22 /* odd */ <0.9.0;
pragma abicoder v2;
import "./a.sol";
import './b.sol' as b;
import * as c from "c/c.sol";
import {D as E, F} from
    "@scope/d.sol";
contract A { string s = "import \"no.sol\";"; string t = 'pragma solidity 1.0.0;'; /* " */ uint importance; }
"""


def test_imports() -> None:
    assert [each.text for each in scan(SOURCE).imports] == ["./a.sol", "./b.sol", "c/c.sol", "@scope/d.sol"]


def test_pragma() -> None:
    (pragma,) = scan("pragma solidity ^0.8.0;\npragma experimental ABIEncoderV2;").pragmas
    assert pragma.text == "^0.8.0"
    assert pragma.offset == 16


def test_pragma_with_a_comment_inside_is_read_without_it() -> None:
    (pragma,) = scan(SOURCE).pragmas
    assert pragma.text == ">=0.4.22   <0.9.0"


def test_unfinished_tokens_end() -> None:
    assert scan('import "never closed').imports == ()
    assert scan('/* never closed import "a";').imports == ()
    assert scan("import a;").imports == ()


def test_line_and_column() -> None:
    assert line_and_column("a\nbc\r\nd", 3) == (2, 2, "bc")
    assert line_and_column("a", 1) == (1, 2, "a")
