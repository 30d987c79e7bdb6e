"""Receipts of test vectors are kept under names of their own."""

from __future__ import annotations

import re
from dataclasses import replace

from audit.statetest.proving import receipt_name
from audit.statetest.vectors import Fails, Indexes, Vector


def test_each_entry_has_a_receipt_of_its_own() -> None:
    one = Vector("a/tests.json", "src/x.py::test[fork_Cancun-" + "long " * 60 + "]", "Cancun", {}, Fails(), Indexes(0, 1, 2))
    others = (
        replace(one, file="b/tests.json"),
        replace(one, name=one.name + "2"),
        replace(one, fork="Berlin"),
        replace(one, indexes=Indexes(1, 0, 2)),
        replace(one, indexes=None),
    )
    names = [receipt_name(each) for each in (one, *others)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,200}\.receipt", name) for name in names)
    assert "Cancun-d0-g1-v2" in names[0]
