"""Uniswap v2's factory and pair from their sources, used without a router: what a router does for traders is done by hand."""

from __future__ import annotations

from typing import Final

from audit.differential.keys import Key
from audit.flows.builder import UNIT, Flow
from audit.flows.permit import permit
from audit.flows.uniswap import TRADER, two_tokens
from audit.inputs.calls import CALLER_ADDRESS

CORE: Final = "@uniswap/v2-core/contracts"
FACTORY: Final = f"{CORE}/UniswapV2Factory.sol:UniswapV2Factory"
SHARE: Final = f"{CORE}/UniswapV2ERC20.sol:UniswapV2ERC20"
PROVIDER: Final = Key("liquidity provider")
COLLECTOR: Final = "0x00000000000000000000000000000000000fee00"
TRANSFER: Final = "transfer(address,uint256)"
SWAP: Final = "swap(uint256,uint256,address,bytes)"


def pair_source() -> Flow:
    """A pair is filled, traded on in both directions and emptied, with a fee for the protocol; shares move by a signed approval."""
    flow = Flow("uniswap-v2-source")
    factory = flow.create(FACTORY, ["address"], CALLER_ADDRESS)
    tokens = sorted(two_tokens(flow), key=lambda address: int(address, 16))
    flow.call(factory, "createPair(address,address)", *tokens)
    pair = flow.view(factory, "getPair(address,address)", "address", *tokens)
    flow.call(factory, "setFeeTo(address)", COLLECTOR)
    fill(flow, pair, tokens, 1000, 4000)
    flow.call(tokens[0], TRANSFER, pair, 10 * UNIT)
    flow.call(pair, SWAP, 0, 39 * UNIT, TRADER, b"")
    flow.at(10, 120)
    flow.call(tokens[1], TRANSFER, pair, UNIT, caller=TRADER)
    flow.call(pair, SWAP, UNIT // 5, 0, TRADER, b"", caller=TRADER)
    fill(flow, pair, tokens, 100, 400)
    shares(flow, pair)
    flow.call(pair, TRANSFER, pair, 500 * UNIT)
    flow.call(pair, "burn(address)", CALLER_ADDRESS)
    flow.call(tokens[0], TRANSFER, pair, 3)
    flow.call(pair, "skim(address)", TRADER)
    flow.call(tokens[1], TRANSFER, pair, 5)
    flow.call(pair, "sync()")
    flow.call(factory, "setFeeToSetter(address)", TRADER)
    permit(flow, flow.create(SHARE), PROVIDER, TRADER, 7)
    return flow


def fill(flow: Flow, pair: str, tokens: list[str], *amounts: int) -> None:
    """Both tokens are brought, and shares are minted for them."""
    for token, amount in zip(tokens, amounts, strict=True):
        flow.call(token, TRANSFER, pair, amount * UNIT)
    flow.call(pair, "mint(address)", CALLER_ADDRESS)


def shares(flow: Flow, pair: str) -> None:
    """A provider gets shares, and a trader takes them with the provider's signature."""
    flow.call(pair, TRANSFER, PROVIDER.address, 9 * UNIT)
    permit(flow, pair, PROVIDER, TRADER, 9 * UNIT)
    flow.call(pair, "transferFrom(address,address,uint256)", PROVIDER.address, TRADER, 9 * UNIT, caller=TRADER)
    flow.call(pair, "approve(address,uint256)", PROVIDER.address, UNIT)
