"""Receipts of the shipped profiles under attack, as a caller of the extension meets them: a verdict with a reason, never an exception."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any, Final

import pytest

from audit.cli import run
from zkvm import proof

pytestmark = pytest.mark.skipif(not proof.available(), reason="the extension is not built")

# SSTORE of CALLDATALOAD(0) at slot 0, LOG1 of it, RETURN of the word
WRITER: Final = "600035806000558060005260205f60205f80a15060205ff3"
REVERTER: Final = "5f356000555f5ffd"
KINDS: Final = {"format", "profile", "program", "statement", "tables", "proof", "expectation"}
SHIPPED: Final = ("fast", "strict", "small")
PROFILE_BYTE: Final = 4 + 2 + 32
HEADER_BYTES: Final = PROFILE_BYTE + 1 + 8 + 32 + 4


def write(folder: Path, code: str, profile: str, value: int) -> bytes:
    """A receipt of two calls of some code."""
    (folder / "code.hex").write_text(code)
    calls = [{"data": f"0x{word:064x}"} for word in (value, 0)]
    (folder / "calls.json").write_text(json.dumps({"calls": calls}))
    out = folder / "out.receipt"
    words = ["prove", str(folder / "code.hex"), "--calls", str(folder / "calls.json"), "--profile", profile, "-o", str(out)]
    assert run(words) == 0
    return out.read_bytes()


@pytest.fixture(scope="module")
def receipts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A receipt by profile."""
    return {profile: write(tmp_path_factory.mktemp(profile), WRITER, profile, 7) for profile in (*SHIPPED, "test")}


def refused(receipt: bytes, what: str) -> dict[str, Any]:
    """The verdict on a forged receipt, which must be a refusal that says nothing else."""
    verdict = proof.verify(receipt)
    assert verdict["valid"] is False, f"ACCEPTED: {what}"
    assert verdict["kind"] in KINDS
    assert verdict["reason"]
    assert not any(verdict[key] for key in ("proven_bits", "unique_decoding_bits", "calls", "before", "after", "programs"))
    assert not any((*verdict["list_decoding_bits"].values(), *verdict["summed_bits"].values()))
    return verdict


@pytest.mark.parametrize("profile", SHIPPED)
def test_a_shipped_profile_proves_a_hundred_bits(receipts: dict[str, bytes], profile: str) -> None:
    verdict = proof.verify(receipts[profile])
    assert verdict["valid"] is True
    assert verdict["profile"] == profile
    assert verdict["proven_bits"] == min(verdict["list_decoding_bits"].values()) >= 100
    assert verdict["unique_decoding_bits"] >= (100 if profile == "strict" else 50)
    assert [call["status"] for call in verdict["calls"]] == ["success", "success"]


@pytest.mark.parametrize("profile", SHIPPED)
def test_no_bit_can_be_flipped(receipts: dict[str, bytes], profile: str) -> None:
    receipt, choice = receipts[profile], random.Random(profile)
    places = [*range(HEADER_BYTES), *(choice.randrange(len(receipt)) for _ in range(80))]
    for place in places:
        forged = bytearray(receipt)
        forged[place] ^= 1 << choice.randrange(8)
        refused(bytes(forged), f"byte {place} of {len(receipt)}")


@pytest.mark.parametrize("profile", [*SHIPPED, "test"])
def test_no_profile_passes_for_another(receipts: dict[str, bytes], profile: str) -> None:
    for index in range(256):
        forged = bytearray(receipts[profile])
        if forged[PROFILE_BYTE] != index:
            forged[PROFILE_BYTE] = index
            refused(bytes(forged), f"{profile} as profile {index}")


def test_the_test_profile_is_never_valid(receipts: dict[str, bytes]) -> None:
    verdict = refused(receipts["test"], "the test profile")
    assert (verdict["kind"], verdict["profile"]) == ("profile", "test")


def test_a_receipt_cut_short_or_drawn_out(receipts: dict[str, bytes]) -> None:
    receipt = receipts["fast"]
    choice = random.Random(1)
    for length in [*range(0, 300, 7), *(choice.randrange(len(receipt)) for _ in range(100)), len(receipt) - 1]:
        assert refused(receipt[:length], f"{length} bytes")["kind"] == "format"
    for tail in (b"\0", receipt, receipt[-64:]):
        assert refused(receipt + tail, "a tail")["kind"] == "format"


def test_halves_of_two_receipts(receipts: dict[str, bytes], tmp_path: Path) -> None:
    ours, theirs = receipts["fast"], write(tmp_path, WRITER, "fast", 8)
    choice = random.Random(2)
    differs = next(place for place, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b)
    for cut in [differs + 1, *(choice.randrange(differs + 1, len(ours)) for _ in range(30))]:
        refused(ours[:cut] + theirs[cut:], f"two halves at {cut}")


def test_a_claim_of_success_for_a_revert(tmp_path: Path) -> None:
    """What a revert's receipt says is `revert`: slots as before, no output, and no flip of the status byte passes."""
    receipt = write(tmp_path, REVERTER, "fast", 5)
    verdict = proof.verify(receipt)
    assert [call["status"] for call in verdict["calls"]] == ["revert", "revert"]
    assert verdict["before"] == verdict["after"]
    statement = receipt[HEADER_BYTES : len(receipt) - 500_000]
    for place in (index for index, byte in enumerate(statement) if byte == 1):
        forged = bytearray(receipt)
        forged[HEADER_BYTES + place] = 0
        if place < 1200:
            refused(bytes(forged), f"0 for 1 at {HEADER_BYTES + place}")


def test_noise_costs_no_time(receipts: dict[str, bytes]) -> None:
    choice = random.Random(3)
    begun = time.monotonic()
    for size in (0, 1, 40, 1000, 1 << 20):
        refused(choice.randbytes(size), "noise")
        refused(receipts["fast"][:HEADER_BYTES] + choice.randbytes(size), "noise after the header")
    refused(bytes((1 << 26) + 1), "more than any receipt")
    assert time.monotonic() - begun < 20


def test_an_unmet_expectation(receipts: dict[str, bytes]) -> None:
    for expected in (proof.Expectations(code_hashes=(bytes(32),)), proof.Expectations(digests=(bytes(32),))):
        verdict = proof.verify(receipts["fast"], expected)
        assert (verdict["valid"], verdict["kind"]) == (False, "expectation")
