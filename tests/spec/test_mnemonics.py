"""No fact about an opcode or an instruction stands beside the tables: code that lists mnemonics is refused but for what is justified here.

A list is a set, tuple, list, dict (its keys), match or string of two mnemonics or more.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from transpiler.evm.opcodes import BY_NAME as OPCODES
from zkvm.isa.table import BY_NAME as INSTRUCTIONS
from zkvm.isa.table import ENV_KINDS

ROOT = Path(__file__).resolve().parents[2]
MNEMONICS = {*OPCODES, *INSTRUCTIONS}
TABLES = {"zkvm/isa/table.py", "transpiler/evm/opcodes.py"}
RULES = "a rule for each operation, which only functions can say"
JUSTIFIED: dict[str, str] = {
    "transpiler/evm/arithmetic.py EVALUATE": RULES,
    "transpiler/evm/arithmetic.py BOOLEAN": "a property of those functions, beside them",
    "transpiler/ssa/arithmetic.py EVALUATE": RULES,
    "transpiler/ssa/arithmetic.py COMMUTATIVE": "a property of those functions, beside them",
    "transpiler/ssa/interpret.py execute": RULES,
    "transpiler/ssa/interpret.py _environment": RULES,
    "transpiler/ssa/interpret.py Frame.end": RULES,
    "transpiler/ssa/ir.py TERM_KINDS": "the terminators of the SSA form: a table of its own",
    "transpiler/ssa/ops.py PRICES": RULES,
    "transpiler/analyses/bits.py _TRANSFER": RULES,
    "transpiler/analyses/bits.py _ADDRESSES": "what is known of results: rules of this lattice",
    "transpiler/analyses/bits.py _SMALL": "what is known of results: rules of this lattice",
    "transpiler/analyses/bits.py compare": RULES,
    "transpiler/analyses/bits.py transfer": RULES,
    "transpiler/analyses/conditions.py _Facts.zero": RULES,
    "transpiler/analyses/conditions.py _Facts.nonzero": RULES,
    "transpiler/analyses/memory.py Addresses.__init__": "the operations that make an address of another",
    "transpiler/passes/forward.py _Forward.read_somewhere": "what this pass rewrites",
    "transpiler/passes/number.py _MIRROR": "identities of comparisons",
    "transpiler/passes/number.py _key": "identities of arithmetic",
    "transpiler/passes/algebra.py RULES": RULES,
    "transpiler/lower/select.py _COMPARE": "which branch a comparison becomes",
    "transpiler/lower/select.py _zero_test": "identities of comparisons",
    "transpiler/lower/values.py CHEAP": "costs of rows: a choice of the lowering",
    "transpiler/lower/values.py _DEAR": "costs of rows: a choice of the lowering",
    "transpiler/lower/layout.py _NO_RESULT": "rows that are worth repeating: a choice of the layout",
    "zkvm/lint.py _JMP": "one name for each code",
    "zkvm/machine/": "the readable machine: a function for each instruction",
    "audit/differential/": "what a run shows of the EVM, for people",
    "audit/migration/prove.py": "what a proof of the generic tier would take, for people",
}


def mnemonics(node: ast.AST) -> list[str]:
    """The mnemonics that a node lists."""
    nodes: list[ast.expr | None] = []
    if isinstance(node, (ast.Set, ast.Tuple, ast.List)):
        nodes = [*node.elts]
    elif isinstance(node, ast.Dict):
        nodes = [*node.keys]
    elif isinstance(node, ast.Match):
        nodes = [each.value for case in node.cases for each in ast.walk(case.pattern) if isinstance(each, ast.MatchValue)]
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        words = node.value.split()
        return words if len(words) > 1 and set(words) <= MNEMONICS else []
    found = [each.value for each in nodes if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return [each for each in found if each in MNEMONICS]


def places(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    """The nodes of a module with the name of the assignment, the function or the method that they stand in."""
    for node in ast.iter_child_nodes(tree):
        name = prefix
        if isinstance(node, ast.ClassDef):
            yield from places(node, f"{node.name}.")
            continue
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            name += node.name
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            first = target.elts[0] if isinstance(target, ast.Tuple) else target
            name += first.id if isinstance(first, ast.Name) else ""
        for inner in ast.walk(node):
            yield name, inner


def lists_of(file: Path) -> set[str]:
    name = file.relative_to(ROOT).as_posix()
    return {f"{name} {place}" for place, node in places(ast.parse(file.read_text())) if len(set(mnemonics(node))) > 1}


def files() -> list[Path]:
    found = [file for package in ("zkvm", "transpiler", "audit") for file in (ROOT / package).rglob("*.py")]
    return [file for file in sorted(found) if "prover" not in file.parts and file.relative_to(ROOT).as_posix() not in TABLES]


def justified(place: str) -> bool:
    return place in JUSTIFIED or any(place.startswith(folder) for folder in JUSTIFIED if folder.endswith(("/", ".py")))


def test_no_list_of_mnemonics_beside_the_tables() -> None:
    found = {place for file in files() for place in lists_of(file)}
    assert {place for place in found if not justified(place)} == set()


def test_nothing_is_justified_in_vain() -> None:
    found = {place for file in files() for place in lists_of(file)}
    assert [name for name in JUSTIFIED if not any(place.startswith(name) for place in found)] == []


@pytest.mark.parametrize(
    "text",
    ['X = {"CALL", "CREATE"}', 'def f(op):\n    return op in ("SLOAD", "SSTORE")', 'X = "CALL CREATE".split()', 'X = {"LOG": 1, "CALL": 2}',
     'def f(op):\n    match op:\n        case "CALL" | "CREATE":\n            return 1'],
)  # fmt: skip
def test_the_scan_sees(text: str) -> None:
    assert any(len(mnemonics(node)) == 2 for _, node in places(ast.parse(text)))


def test_kinds_of_env_are_opcodes() -> None:
    assert set(ENV_KINDS) <= set(OPCODES)
