"""Keys and signatures."""

from __future__ import annotations

from audit.differential.trees.secp256k1 import ORDER, Key, add, multiply


def test_the_account_of_the_first_key() -> None:
    assert f"{Key(1).address:040x}" == "7e5f4552091a69125d5dfcb7b8c2659029395bdf"


def test_multiples_add_up() -> None:
    assert add(multiply(5), multiply(7)) == multiply(12)
    assert add(multiply(5), multiply(ORDER - 5)) is None
    assert add(multiply(6), multiply(6)) == multiply(12)


def test_s_is_in_the_lower_half() -> None:
    signatures = [Key(77).sign(bytes([number]) * 32) for number in range(6)]
    assert all(0 < each.s <= ORDER // 2 and each.y_parity in (0, 1) for each in signatures)
    assert signatures[0] == Key(77).sign(bytes(32))
