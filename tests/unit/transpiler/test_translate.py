"""Translation is total, deterministic and says what it did."""

from __future__ import annotations

import pytest

from tests.unit.transpiler.lower.runs import request, run
from transpiler.errors import InputError, InternalError
from transpiler.pipeline import PASSES
from transpiler.translate import Template, as_json, translate
from zkvm.lint import LintError, lint

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
    translation = translate(COUNTER, "Cancun", "runtime", strict=False)
    assert translation.stats.tier == "generic"
    assert "S2Z-TEST" in translation.stats.fallback
    assert translation.stats.broken
    lint(translation.program)


@pytest.mark.parametrize(
    "error", [InternalError("S2Z-TEST", "as if"), KeyError("as if"), LintError("order", 3, "as if"), RecursionError("as if")]
)
def test_strict_lets_no_bug_pass(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr("transpiler.translate.lower", broken)
    with pytest.raises(InternalError, match="as if"):
        translate(COUNTER, "Cancun", "runtime", strict=True)
    with pytest.raises(InternalError, match="S2Z-TRANSLATE"):
        translate(COUNTER, "Cancun", "runtime")  # tests are strict
    assert translate(COUNTER, "Cancun", "runtime", tier="generic").stats.tier == "generic"


def test_a_limit_is_no_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transpiler.lower.lower.LARGEST_FUNCTION", 1)
    translation = translate(COUNTER, "Cancun", "runtime", strict=True)
    assert translation.stats.tier == "generic"
    assert "S2Z-LOWER-BUDGET" in translation.stats.fallback
    assert not translation.stats.broken


def test_other_passes_give_another_program_that_does_the_same() -> None:
    code = bytes.fromhex("5f355f526020600c0360145f2060205260405ff3")
    plain, best = translate(code, "Cancun", "runtime", passes=()), translate(code, "Cancun", "runtime")
    assert plain.stats.tier == best.stats.tier == "optimised"
    assert len(plain.program.instructions) > len(best.program.instructions)
    asked = request(code, [(bytes(range(32)), 100_000), (b"", 20)], "Cancun")
    assert run(plain.program, asked) == run(best.program, asked)


def test_stages_are_told() -> None:
    seen: list[str] = []
    translate(COUNTER, "Cancun", "runtime", watch=lambda stage, _value: seen.append(stage))
    assert seen == [
        "listing",
        "cfg",
        "ssa",
        *(f"pass {index} {item.name}" for index, item in enumerate(PASSES)),
        "regions",
        "program",
    ]


def test_json_fields() -> None:
    fields = as_json(translate(COUNTER, "Cancun", "runtime").stats)
    assert set(fields) == {"blocks", "instructions", "unresolved_jumps", "escapes", "unsupported", "seconds"}
