"""Transactions: refusals, fees, floor, refunds, access lists, authorizations, deletions (ISA 8.10). Compared with revm, too."""

from __future__ import annotations

from typing import Any

import coincurve
import pytest

from tests.property.transactions import address_of, authorization
from zkvm import machine, proof
from zkvm.errors import InputError
from zkvm.machine.message import create_address

from .tree import COINBASE, SENDER, A, B, C, account, call, hexed, keep, request, run, slots, translator

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")
LEGACY = {"nonce": "0x0", "gas_limit": "0x30d40", "gas_price": "0x9"}
MARKET = {"nonce": "0x0", "gas_limit": "0x30d40", "max_fee_per_gas": "0x9", "max_priority_fee_per_gas": "0x1"}
BLOB = {**MARKET, "blob_hashes": ["0x01" + "00" * 31], "max_fee_per_blob_gas": "0x2"}
KEY = coincurve.PrivateKey.from_int(7)
SIGNER = address_of(KEY)
FUNDS = 1 << 100


def signed(terms: dict[str, Any], **entry: Any) -> dict[str, Any]:
    """An entry with terms."""
    return {"transaction": terms, **entry}


def balance(result: dict[str, Any], address: int) -> int:
    return int(result["state"][hexed(address)]["balance"], 16)


def test_fees_go_to_the_coinbase_above_the_base_fee() -> None:
    for fork, terms, price, tip in (
        ("Berlin", LEGACY, 9, 9),
        ("London", LEGACY, 9, 2),
        ("London", MARKET, 8, 1),
        ("London", {**MARKET, "max_priority_fee_per_gas": "0x5"}, 9, 2),
    ):
        result = run(request(fork, {A: account("STOP")}, signed(terms, value="0x5")))
        assert result["calls"][0]["gas_left"] == hex(200_000 - 21_000)
        assert balance(result, SENDER) == FUNDS - 5 - 21_000 * price
        assert balance(result, COINBASE) == 21_000 * tip
        assert result["state"][hexed(SENDER)]["nonce"] == "0x1"


def test_the_environment_of_a_transaction() -> None:
    code = f"GASPRICE {keep(0)} ORIGIN {keep(1)} CALLER {keep(2)} 0 BLOBHASH {keep(3)} 1 BLOBHASH {keep(4)} NUMBER {keep(5)}"
    entry = signed(BLOB, env={"number": "0x77"}, origin=hexed(B))
    found = slots(run(request("Cancun", {A: account(code)}, entry, blob_hashes=["0x05" + "00" * 31])), A)
    assert found == {0: 8, 1: SENDER, 2: SENDER, 3: 1 << 248, 5: 0x77}


def test_blobs_are_paid_for_and_not_given_back() -> None:
    result = run(request("Osaka", {A: account("INVALID")}, signed(BLOB), blob_base_fee="0x2"))
    assert balance(result, SENDER) == FUNDS - 200_000 * 8 - 2 * (1 << 17)


def test_intrinsic_gas_by_type() -> None:
    access = [{"address": hexed(B), "storage_keys": ["0x" + "00" * 32, "0x" + "00" * 32]}]
    data = "0x00ff"
    for fork, terms, entry, gas in (
        ("Frontier", LEGACY, {"data": data}, 21_000 + 4 + 68),
        ("Istanbul", LEGACY, {"data": data}, 21_000 + 4 + 16),
        ("Berlin", {**LEGACY, "access_list": access}, {}, 21_000 + 2400 + 3800),
        ("Frontier", LEGACY, {"create": True, "code": "0x00"}, 21_000 + 4),
        ("Homestead", LEGACY, {"create": True, "code": "0x00"}, 53_000 + 4),
        ("Shanghai", LEGACY, {"create": True, "code": "0x00"}, 53_000 + 4 + 2),
        ("Prague", {**MARKET, "authorizations": [authorization(KEY, 5, B, 0)]}, {}, 46_000),
    ):
        document = request(fork, {A: account("STOP")}, signed(terms, **entry))
        assert run(document)["calls"][0]["gas_left"] == hex(200_000 - gas)


def test_members_that_the_type_does_not_have_cost_nothing() -> None:
    access = [{"address": hexed(B), "storage_keys": []}]
    more = {"authorizations": [authorization(KEY, 1, A, 0)], "access_list": access, "blob_hashes": ["0x01" + "00" * 31]}
    for terms, gas in (({**LEGACY, "type": 0}, 21_000), ({**LEGACY, "type": 1}, 23_400), ({**MARKET, "type": 2}, 23_400)):
        result = run(request("Osaka", {A: account(f"0 BLOBHASH {keep(0)}")}, signed({**terms, **more})))
        assert int(result["calls"][0]["gas_left"], 16) == 200_000 - gas - 2 * 3 - 3 - 2200
        assert hexed(SIGNER) not in result["state"]


def test_the_floor() -> None:
    """EIP-7623: 10 gas a token, 4 tokens a byte that is not 0, where the frame used less."""
    for fork, used in (("Cancun", 21_000 + 16 * 1000), ("Prague", 21_000 + 40 * 1000)):
        document = request(fork, {A: account("STOP")}, signed(LEGACY, data="0x" + "ff" * 1000))
        assert run(document)["calls"][0]["gas_left"] == hex(200_000 - used)


def test_the_refund_is_capped() -> None:
    codes = {A: account("0 1 SSTORE 0 2 SSTORE 0 3 SSTORE STOP", storage={1: 1, 2: 1, 3: 1})}
    for fork, quotient in (("Berlin", 2), ("London", 5)):
        each = run(request(fork, codes, signed(LEGACY)))["calls"][0]
        used = 21_000 + 3 * (5000 + 6)
        refund = 3 * (15_000 if fork == "Berlin" else 4_800)
        assert (each["refund"], each["gas_left"]) == (hex(refund), hex(200_000 - used + min(refund, used // quotient)))


def test_access_lists_warm() -> None:
    access = [{"address": hexed(B), "storage_keys": []}, {"address": hexed(A), "storage_keys": ["0x" + f"{4:064x}"]}]
    code = f"GAS {B} BALANCE POP GAS SWAP1 SUB GAS 4 SLOAD POP GAS SWAP1 SUB {keep(0)} {keep(1)}"
    found = slots(run(request("Osaka", {A: account(code)}, signed({**MARKET, "access_list": access}))), A)
    assert (found[1], found[0]) == (100 + 7, 100 + 7)


def test_creates_go_to_sender_and_nonce() -> None:
    document = request("Osaka", {}, signed(LEGACY, create=True, code="0x605b5f5360015ff3", data="0x1234", value="0x3"))
    result = run(document)
    made = result["state"][hexed(create_address(SENDER, 0))]
    assert made == {"balance": "0x3", "nonce": "0x1", "code": "0x5b", "storage": {}}
    assert result["calls"][0]["messages"][0]["input"] == "0x605b5f5360015ff31234"


def test_a_create_that_collides_halts() -> None:
    made = create_address(SENDER, 0)
    result = run(request("Osaka", {made: account("STOP")}, signed(LEGACY, create=True, code="0x00", value="0x3")))
    assert (result["calls"][0]["status"], result["calls"][0]["gas_left"]) == ("halt", "0x0")
    assert result["state"][hexed(SENDER)]["nonce"] == "0x1"


def test_authorizations() -> None:
    """Set before the frame; what is set stays when the frame fails; who existed pays back 12500."""
    for code, status in (("ADDRESS 0 SSTORE STOP", "success"), ("INVALID", "halt")):
        for exists, refund in ((False, 0), (True, 12_500)):
            codes = {A: account(code), B: account("STOP"), **({SIGNER: account(balance=1)} if exists else {})}
            terms = {**MARKET, "authorizations": [authorization(KEY, 1, A, 0), authorization(KEY, 0, B, 0)]}
            result = run(request("Prague", codes, signed(terms, to=hexed(SIGNER))))
            entry = result["state"][hexed(SIGNER)]
            assert (entry["code"], entry["nonce"]) == ("0xef0100" + f"{A:040x}", "0x1")
            assert (result["calls"][0]["status"], result["calls"][0]["refund"]) == (status, hex(refund))
    terms = {**MARKET, "authorizations": [authorization(KEY, 1, 0, 3)]}
    codes = {SIGNER: {**account(nonce=3), "code": "0xef0100" + f"{A:040x}"}}
    assert run(request("Prague", codes, signed(terms)))["state"][hexed(SIGNER)]["code"] == "0x"


def test_authorities_and_the_target_of_a_delegation_are_warm() -> None:
    """The authority also where its nonce is another; the target of the account called, not of others."""
    other = coincurve.PrivateKey.from_int(8)
    terms = {**MARKET, "authorizations": [authorization(KEY, 1, A, 0), authorization(other, 1, B, 5)]}
    look = "".join(f"GAS {each} BALANCE POP GAS SWAP1 SUB {keep(each)}" for each in (SIGNER, address_of(other), A, B))
    result = run(
        request(
            "Prague", {A: account(look), B: account("STOP")}, signed({**terms, "gas_limit": hex(1_000_000)}, to=hexed(SIGNER))
        )
    )
    assert slots(result, SIGNER) == {SIGNER: 107, address_of(other): 107, A: 107, B: 2607}


def _order() -> int:
    return 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def test_authorizations_that_do_not_hold() -> None:
    good = authorization(KEY, 1, A, 0)
    high = {"s": hex(_order() - int(good["s"], 16)), "y_parity": hex(1 - int(good["y_parity"], 16))}
    wrong = [{"chain_id": "0x2"}, {"nonce": hex((1 << 64) - 1)}, {"y_parity": "0x1b"}, {"r": "0x0"}, high]
    for change in wrong:
        terms = {**MARKET, "authorizations": [{**good, **change}]}
        assert hexed(SIGNER) not in run(request("Prague", {A: account("STOP")}, signed(terms)))["state"]
    for there in (account("STOP"), account(nonce=1)):
        result = run(request("Prague", {A: account("STOP"), SIGNER: there}, signed({**MARKET, "authorizations": [good]})))
        assert result["state"][hexed(SIGNER)] == there


@pytest.mark.parametrize(
    ("reason", "fork", "terms", "entry"),
    [
        ("nonce-too-high", "Frontier", {**LEGACY, "nonce": "0x1"}, {}),
        ("nonce-max", "Osaka", {**LEGACY, "nonce": hex((1 << 64) - 1)}, {}),
        ("intrinsic-gas", "Osaka", {**LEGACY, "gas_limit": hex(20_999)}, {}),
        ("intrinsic-gas", "Homestead", {**LEGACY, "gas_limit": hex(52_999)}, {"create": True, "code": "0x"}),
        ("floor-gas", "Prague", {**LEGACY, "gas_limit": hex(21_039)}, {"data": "0xff"}),
        ("gas-cap", "Osaka", {**LEGACY, "gas_limit": hex((1 << 24) + 1)}, {}),
        ("block-gas-limit", "Prague", {**LEGACY, "gas_limit": hex(0x1C9C381)}, {}),
        ("funds", "Osaka", LEGACY, {"value": hex(FUNDS)}),
        ("max-fee-below-base-fee", "London", {**LEGACY, "gas_price": "0x6"}, {}),
        ("max-fee-below-base-fee", "London", {**MARKET, "max_fee_per_gas": "0x6"}, {}),
        ("priority-fee-above-max-fee", "London", {**MARKET, "max_priority_fee_per_gas": "0xa"}, {}),
        ("sender-has-code", "Frontier", LEGACY, {"caller": hexed(A)}),
        ("init-code-limit", "Shanghai", {**LEGACY, "gas_limit": hex(10_000_000)}, {"create": True, "code": "0x" + "00" * 49_153}),
        ("type-not-supported", "Istanbul", {**LEGACY, "access_list": []}, {}),
        ("type-not-supported", "Berlin", MARKET, {}),
        ("type-not-supported", "Shanghai", BLOB, {}),
        ("type-not-supported", "Cancun", {**MARKET, "authorizations": [authorization(KEY, 1, A, 0)]}, {}),
        ("type-not-supported", "Osaka", {**MARKET, "type": 5}, {}),
        ("no-blobs", "Cancun", {**BLOB, "blob_hashes": []}, {}),
        ("no-blobs", "Cancun", {**MARKET, "type": 3, "max_fee_per_blob_gas": "0x1"}, {}),
        ("too-many-blobs", "Cancun", {**BLOB, "blob_hashes": ["0x01" + "00" * 31] * 7}, {}),
        ("too-many-blobs", "Osaka", {**BLOB, "blob_hashes": ["0x01" + "00" * 31] * 7}, {}),
        ("too-many-blobs", "Prague", {**BLOB, "blob_hashes": ["0x01" + "00" * 31] * 10}, {}),
        ("blob-version", "Cancun", {**BLOB, "blob_hashes": ["0x02" + "00" * 31]}, {}),
        ("blob-fee", "Cancun", {**BLOB, "max_fee_per_blob_gas": "0x0"}, {}),
        ("blob-create", "Cancun", BLOB, {"create": True, "code": "0x00"}),
        ("no-authorizations", "Prague", {**MARKET, "authorizations": []}, {}),
        ("authorization-create", "Prague", {**MARKET, "authorizations": [authorization(KEY, 1, A, 0)]}, {"create": True, "code": "0x00"}),
    ],
)  # fmt: skip
def test_refusals(reason: str, fork: str, terms: dict[str, Any], entry: dict[str, Any]) -> None:
    """A refused transaction changes nothing, and the batch goes on."""
    codes = {A: account("1 0 SSTORE STOP", balance=1 << 90), B: account("1 1 SSTORE STOP")}
    document = request(fork, codes, signed(terms, **entry), {"to": hexed(B)})
    result = run(document)
    first = result["calls"][0]
    assert (first["status"], first.get("reason")) == ("refused", reason)
    assert first == {
        "status": "refused", "reason": reason, "return_data": "0x", "gas_left": "0x0", "refund": "0x0", "logs": [],
        "destroyed": [], "steps": 0, "messages": [],
    }  # fmt: skip
    assert result["state"][hexed(SENDER)] == document["state"][hexed(SENDER)]
    assert (slots(result, A), slots(result, B)) == ({}, {1: 1})


def test_a_nonce_that_is_past() -> None:
    document = request("Osaka", {A: account("STOP")}, signed(LEGACY), signed(LEGACY), signed({**LEGACY, "nonce": "0x1"}))
    calls = run(document)["calls"]
    assert [(each["status"], each.get("reason")) for each in calls] == [
        ("success", None),
        ("refused", "nonce-too-low"),
        ("success", None),
    ]


def test_a_delegated_sender_may_send() -> None:
    sender = {**account(balance=FUNDS), "code": "0xef0100" + f"{A:040x}"}
    for fork, status in (("Prague", "success"), ("Cancun", "refused")):
        document = request(fork, {B: account("STOP"), C: sender}, signed(LEGACY, caller=hexed(C), to=hexed(B)))
        assert run(document)["calls"][0]["status"] == status


def test_touched_empty_accounts_are_deleted() -> None:
    """From SpuriousDragon on; the touch of 0x03 outlives the failure of its frame."""
    codes = {
        A: account(call(C, gas="0") + call(B) + "STOP"),
        B: account(call(3, gas="1000") + "INVALID"),
        C: account(),
        3: account(),
    }
    for fork, gone in (("TangerineWhistle", False), ("SpuriousDragon", True)):
        state = run(request(fork, codes, signed(LEGACY)))["state"]
        assert [state[hexed(each)].get("absent", False) for each in (C, 3)] == [gone, gone]


def test_what_is_deleted_keeps_no_slots() -> None:
    """An empty account with slots is what no chain has; it shows that a touch deletes, and a look does not."""
    codes = {A: account(call(C, gas="0") + f"{B} BALANCE STOP"), B: account(storage={1: 1}), C: account(storage={1: 1})}
    for fork, left in (("TangerineWhistle", {1: 1}), ("SpuriousDragon", {}), ("Osaka", {})):
        document = request(fork, codes, signed(LEGACY))
        for execute in (machine.execute, proof.execute):
            result = execute(document, [], translate=translator(fork))
            assert (slots(result, B), slots(result, C)) == ({1: 1}, left), fork


def test_a_touch_that_outlives_is_listed() -> None:
    codes = {A: account(call(3, gas="1000") + "INVALID")}
    for fork, listed in (("TangerineWhistle", False), ("SpuriousDragon", True), ("Osaka", True)):
        document = request(fork, codes, signed(LEGACY))
        state = run(document)["state"]
        assert (hexed(3) in state, hexed(3) in proof.execute(document, [], translate=translator(fork))["state"]) == (
            listed,
            listed,
        )


def test_destroyed_accounts_keep_nothing() -> None:
    """Also what came after they were destroyed, and the fees of a coinbase that was destroyed."""
    codes = {A: account(call(B) + call(B, 5) + "STOP", balance=9), B: account(f"{C} SELFDESTRUCT", balance=2, storage={1: 1})}
    for coinbase in (COINBASE, B):
        result = run(request("Shanghai", codes, signed(LEGACY), coinbase=hexed(coinbase)))
        assert result["calls"][0]["destroyed"] == [hexed(B)]
        assert result["state"][hexed(B)] == {"balance": "0x0", "nonce": "0x0", "code": "0x", "storage": {}, "absent": True}
        assert balance(result, C) == 7


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("nonce", None),
        ("nonce", hex(1 << 64)),
        ("gas_limit", 5),
        ("gas_price", "9"),
        ("type", "0x1"),
        ("type", True),
        ("access_list", {}),
        ("access_list", [{"address": "0x1"}]),
        ("authorizations", [{"chain_id": "0x1"}]),
        ("blob_hashes", ["x"]),
        ("max_fee_per_gas", "0x9"),
    ],
)
def test_bad_terms_are_typed(path: str, value: Any) -> None:
    terms = {**LEGACY, path: value}
    if value is None:
        del terms[path]
    with pytest.raises(InputError, match=rf"transaction.*{path}"):
        machine.execute(request("Osaka", {}, signed(terms)), [])


def test_bad_environments_are_typed() -> None:
    with pytest.raises(InputError, match=r"env: .*nonsense"):
        machine.execute(request("Osaka", {}, {"env": {"nonsense": "0x1"}}), [])
