"""Translation is total, deterministic and says what it did."""

from __future__ import annotations

import pytest

from transpiler.errors import InputError, InternalError
from transpiler.translate import Template, as_json, translate
from zkvm.lint import lint

COUNTER = bytes.fromhex("6000546001018060005560005260206000f3")


def test_counter() -> None:
    translation = translate(COUNTER, "Cancun", "runtime", name="Counter")
    stats = translation.stats
    assert (stats.tier, stats.fallback, stats.escapes, stats.unresolved_jumps, stats.unsupported) == ("optimised", "", 0, 0, ())
    assert translation.program.code == COUNTER
    assert stats.regions == 1
    assert stats.registers == 0
    assert [identifier for identifier, _, _ in translation.source_map] == list(range(1, stats.instructions + 1))


def test_source_map_follows_pcs() -> None:
    translation = translate(COUNTER, "Cancun", "runtime", source_map={2: (0, 10, 4)})
    assert (0, 10, 4) in {source for _, _, source in translation.source_map}
    assert all((source == (0, 10, 4)) == (pc == 2) for _, pc, source in translation.source_map)


def test_unknown_rule_set() -> None:
    with pytest.raises(InputError):
        translate(COUNTER, "Verkle", "runtime")


def test_template_is_marked() -> None:
    assert translate(COUNTER, "Cancun", "runtime", template=Template(((1, 1),))).template == Template(((1, 1),))


def test_generic_tier_stands_in_for_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise InternalError("S2Z-TEST", "as if")

    monkeypatch.setattr("transpiler.translate.lower", broken)
    translation = translate(COUNTER, "Cancun", "runtime")
    assert translation.stats.tier == "generic"
    assert "S2Z-TEST" in translation.stats.fallback
    lint(translation.program)


def test_json_fields() -> None:
    fields = as_json(translate(COUNTER, "Cancun", "runtime").stats)
    assert set(fields) == {"blocks", "instructions", "unresolved_jumps", "escapes", "unsupported", "seconds"}
