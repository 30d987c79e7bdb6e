"""CREATE and CREATE2: gas, addresses, collisions, deposits, programs (ISA 9.5, 9.6)."""

from __future__ import annotations

import pytest

from transpiler.evm.assemble import assemble
from transpiler.translate import translate
from zkvm import machine, proof
from zkvm.machine.message import create2_address, create_address
from zkvm.program import Program
from zkvm.word import keccak256

from .tree import RETURN, A, B, account, call, hexed, keep, request, returned, run, slots, translator

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")


def place(init: bytes, at: int = 0) -> str:
    """Assembly that puts init code into memory."""
    words = [init[start : start + 32].ljust(32, b"\0") for start in range(0, len(init), 32)]
    return "".join(f"PUSH32 0x{word.hex()} {at + 32 * index} MSTORE " for index, word in enumerate(words))


def create(init: str, value: int = 0, salt: int | None = None) -> str:
    """Assembly of a create; its result is left on the stack."""
    code = assemble(init)
    end = f"{value} CREATE " if salt is None else f"{value} CREATE2 "
    return place(code) + ("" if salt is None else f"{salt} ") + f"{len(code)} 0 " + end


def test_addresses() -> None:
    """Source: the examples of EIP-1014; RLP by hand."""
    assert create2_address(0, 0, b"\0") == 0x4D1A2E2BB4F88F0250F26FFFF098B0B30B26BF38
    assert create2_address(0xDEADBEEF << 128, 0, b"\0") == 0xB928F69BB1D91CD65274E3C79D8986362984FDA3
    assert create2_address(0xDEADBEEF, 0xCAFEBABE, bytes.fromhex("deadbeef")) == 0x60F3F640A8508FC6A86D45DF051962668E1E8AC7
    for nonce, tail in ((0, "80"), (1, "01"), (127, "7f"), (128, "8180"), (256, "820100"), ((1 << 64) - 2, "88fffffffffffffffe")):
        body = bytes.fromhex("94" + f"{A:040x}" + tail)
        assert create_address(A, nonce) == int.from_bytes(keccak256(bytes([0xC0 + len(body)]) + body)[12:], "big")


@pytest.mark.parametrize("fork", ["Frontier", "SpuriousDragon", "Osaka"])
def test_a_create(fork: str) -> None:
    init = "CALLVALUE 0 SSTORE 0x5b 0 MSTORE8 1 0 RETURN"
    result = run(request(fork, {A: account(create(init, 3) + keep(0), balance=5, nonce=7)}))
    made = create_address(A, 7)
    new = result["state"][hexed(made)]
    assert (slots(result, A), result["state"][hexed(A)]["nonce"]) == ({0: made}, "0x8")
    assert new == {"balance": "0x3", "nonce": "0x0" if fork == "Frontier" else "0x1", "code": "0x5b", "storage": {"0x0": "0x3"}}


def test_return_data_of_a_create() -> None:
    for end, left in (("RETURN", 0), ("REVERT", 32), ("INVALID POP", 0)):
        code = call(4, given=9) + create(f"32 0 {end}") + keep(0) + f"RETURNDATASIZE {keep(1)}"
        found = slots(run(request("Osaka", {A: account(code, nonce=1)})), A)
        assert (found.get(1, 0), 0 in found) == (left, end == "RETURN")


@pytest.mark.parametrize(
    ("fork", "init", "made"),
    [
        ("Berlin", "0xef 0 MSTORE8 1 0 RETURN", True),
        ("London", "0xef 0 MSTORE8 1 0 RETURN", False),
        ("London", "0xef 1 MSTORE8 2 0 RETURN", True),
        ("TangerineWhistle", "24577 0 RETURN", True),
        ("SpuriousDragon", "24577 0 RETURN", False),
        ("SpuriousDragon", "24576 0 RETURN", True),
    ],
)
def test_code_that_may_not_be(fork: str, init: str, made: bool) -> None:
    result = run(request(fork, {A: account(create(init) + keep(0), nonce=1)}, {"gas": hex(10_000_000)}))
    assert (0 in slots(result, A)) == made
    assert result["calls"][0]["messages"][1]["status"] == ("success" if made else "halt")


def test_a_deposit_that_is_not_paid() -> None:
    """Before Homestead the account stays without code; from then on the create halts."""
    for fork, made in (("Frontier", True), ("Homestead", False)):
        result = run(request(fork, {A: account(create("1000 0 RETURN") + keep(0), nonce=1)}, {"gas": hex(120_000)}))
        new = create_address(A, 1)
        assert (0 in slots(result, A), hexed(new) in result["state"]) == (made, made)
        if made:
            assert result["state"][hexed(new)]["code"] == "0x"


def test_init_code_has_a_price_and_a_limit() -> None:
    for fork, words in (("Paris", 0), ("Shanghai", 2)):
        for two, hashing in ((False, 0), (True, 6)):
            codes = {A: account("0 " * two + f"320 0 0 {'CREATE2' if two else 'CREATE'} STOP", nonce=1)}
            left = int(run(request(fork, codes))["calls"][0]["gas_left"], 16)
            assert 1_000_000 - left == 32_000 + 10 * (words + hashing) + 3 * 10 + 3 * (3 + two)
    for size, status in ((49_152, "success"), (49_153, "halt")):
        assert run(request("Osaka", {A: account(f"{size} 0 0 CREATE STOP")}))["calls"][0]["status"] == status
    assert run(request("Paris", {A: account("49153 0 0 CREATE STOP")}))["calls"][0]["status"] == "success"


@pytest.mark.parametrize("there", [account(nonce=1), account("STOP"), account(storage={7: 1})])
def test_a_collision(there: dict[str, object]) -> None:
    """What is given is lost, the nonce is spent, the address is warm."""
    made = create_address(A, 3)
    look = f"GAS {made} BALANCE POP GAS SWAP1 SUB {keep(1)}"
    result = run(request("Osaka", {A: account(create("STOP") + keep(0) + look, nonce=3), made: there}, {"gas": hex(10_000_000)}))
    assert slots(result, A) == {1: 100 + 3 + 2 + 2}
    assert result["state"][hexed(A)]["nonce"] == "0x4"
    assert int(result["calls"][0]["gas_left"], 16) < 10_000_000 // 64
    assert (
        run(request("Osaka", {A: account(create("STOP") + keep(0), nonce=3), made: account(balance=9)}))["state"][hexed(made)][
            "balance"
        ]
        == "0x9"
    )


def test_no_frame_for_balance_or_nonce() -> None:
    most = (1 << 64) - 1
    for value, nonce in ((1, 5), (0, most)):
        result = run(request("Osaka", {A: account(create("INVALID", value) + keep(0), nonce=nonce)}))
        message = result["calls"][0]["messages"][1]
        assert (message["status"], slots(result, A)) == ("refused", {})
        assert result["state"][hexed(A)]["nonce"] == hex(nonce)


def test_creates_in_creates_and_their_undoing() -> None:
    inner = assemble(create("1 0 SSTORE STOP") + "1 0 SSTORE ")
    for end, count in (("STOP", 2), ("0 0 REVERT", 0)):
        outer = place(inner) + f"{len(inner)} 0 0 CREATE POP {end}"
        result = run(request("Osaka", {A: account(create(outer) + keep(0), nonce=1)}))
        first = create_address(A, 1)
        made = [first, create_address(first, 1)]
        assert sum(hexed(each) in result["state"] for each in made) == count
        assert result["state"][hexed(A)]["nonce"] == "0x2"


def test_a_destroyed_account_is_made_again_in_another_transaction_only() -> None:
    init = f"{B} SELFDESTRUCT"
    code = create(init, salt=1) + keep(0) + create(init, salt=1) + keep(1)
    for fork in ("Petersburg", "Shanghai", "Osaka"):
        result = run(request(fork, {A: account(code, nonce=1)}, {}, {}))
        assert list(slots(result, A)) == [0]
        assert [len(each["destroyed"]) for each in result["calls"]] == [1, 1]


ARGUMENTS = "20 12 0 CODECOPY 0 MLOAD 0 SSTORE STOP "
"""Thirteen bytes of init code that read an argument behind them."""


def test_init_code_runs_as_the_longest_program_that_begins_it() -> None:
    code = assemble(ARGUMENTS)
    short, long = (translate(each, "Osaka", "creation").program for each in (code[:4], code))
    init = code + bytes(20)
    document = request("Osaka", {A: account(place(init) + f"{len(init)} 0 0 CREATE {keep(0)}", nonce=1)})
    runtime = translate(bytes.fromhex(document["state"][hexed(A)]["code"][2:]), "Osaka", "runtime").program
    asked: list[bytes] = []

    def answer(code: bytes, kind: str) -> Program | None:
        asked.append(code)
        return None

    result = machine.execute(document, [runtime, short, long], translate=answer)
    assert (result["missing_code"], asked) == (None, [])
    assert result["calls"][0]["steps"] > len(run(document)["calls"])
    result = machine.execute(document, [runtime], translate=answer)
    assert result["missing_code"] == {"code": "0x" + init.hex(), "kind": "creation"}
    assert asked == [init]


def test_arguments_that_run_as_code_make_the_message_begin_anew() -> None:
    """The given program is of the code without arguments; what it did first is undone, and only its steps are counted."""
    code = assemble("1 0 SSTORE 0 0 LOG0 " + call(B) + "POP ")
    init = code + assemble("2 1 SSTORE 0 0 LOG0 STOP")
    document = request("Osaka", {A: account(place(init) + f"{len(init)} 0 0 CREATE {keep(0)}", nonce=1), B: account("0 0 LOG0")})
    whole = run(document)
    begun = run(document, translate(code, "Osaka", "creation").program)
    assert begun["calls"][0].pop("steps") > whole["calls"][0].pop("steps")
    assert begun == whole
    assert slots(begun, create_address(A, 1)) == {0: 1, 1: 2}
    assert len(begun["calls"][0]["logs"]) == 4 - 1


def test_a_bare_create_that_runs_its_arguments_begins_anew() -> None:
    arguments = assemble("1 0 SSTORE STOP")
    entry = {"create": True, "to": hexed(0x4EE7), "code": "0x6001600155", "data": "0x" + arguments.hex()}
    result = run(request("Osaka", {}, entry))
    assert slots(result, 0x4EE7) == {0: 1, 1: 1}
    result = run(request("Osaka", {}, {**entry, "code": "0x"}))
    assert slots(result, 0x4EE7) == {0: 1}


def test_a_bare_create_moves_the_callers_nonce() -> None:
    for code, status in (("0x00", "success"), ("0xfe", "halt")):
        result = run(request("Osaka", {}, {"create": True, "to": hexed(0x4EE7), "code": code}))
        assert (result["calls"][0]["status"], result["state"][hexed(0xCA110001)]["nonce"]) == (status, "0x1")


def test_the_created_code_is_met_at_run_time() -> None:
    made = "0x602a 0 MSTORE 2 30 RETURN"  # PUSH1 42, then nothing
    codes = {A: account(create(made) + f"0 0 0 0 0 DUP6 GAS CALL POP EXTCODESIZE {RETURN}", nonce=1)}
    document = request("Osaka", codes)
    assert returned(run(document)) == 2
    assert machine.execute(document, [])["missing_code"]["kind"] == "runtime"
    assert machine.execute(document, [], translate=translator("Osaka"))["missing_code"] is None
