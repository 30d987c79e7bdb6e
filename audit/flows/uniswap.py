"""Uniswap v2 through its router: a pair is created, filled, traded on and emptied, with tokens and with ether.

The router computes a pair's address from the hash of the published pair's creation code, which its library holds. So factory and pair
are always the published ones here; the router alone may come from its source. `pair.py` has factory and pair from theirs.
"""

from __future__ import annotations

from typing import Final

from audit.flows.builder import FOREVER, UNIT, Flow
from audit.inputs.calls import CALLER_ADDRESS

FACTORY: Final = "@uniswap/v2-core/build/UniswapV2Factory.json:UniswapV2Factory"
PERIPHERY: Final = "@uniswap/v2-periphery"
PUBLISHED: Final = f"{PERIPHERY}/build/UniswapV2Router02.json:UniswapV2Router02"
SOURCE: Final = f"{PERIPHERY}/contracts/UniswapV2Router02.sol:UniswapV2Router02"
TRADER: Final = "0x00000000000000000000000000000000000074de"
SWAP: Final = "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)"


def two_tokens(flow: Flow) -> list[str]:
    """Tokens that the default caller has plenty of."""
    return [flow.token(name, name[:3]) for name in ("Alpha", "Beta")]


def market(flow: Flow | None = None, router_from: str = PUBLISHED) -> tuple[Flow, list[str], str, str]:
    """The deployed market with one pair of two tokens: the flow, the tokens, the router, the wrapped ether."""
    flow = flow or Flow("uniswap-v2")
    factory = flow.create(FACTORY, ["address"], CALLER_ADDRESS)
    weth = flow.create("../tokens/WETH9.sol:WETH9")
    tokens = two_tokens(flow)
    router = flow.create(router_from, ["address", "address"], factory, weth)
    flow.call(factory, "createPair(address,address)", *tokens)
    for token in tokens:
        flow.call(token, "approve(address,uint256)", router, FOREVER)
    add = "addLiquidity(address,address,uint256,uint256,uint256,uint256,address,uint256)"
    flow.call(router, add, *tokens, 1000 * UNIT, 4000 * UNIT, 0, 0, CALLER_ADDRESS, FOREVER)
    return flow, tokens, router, weth


def uniswap() -> Flow:
    """The whole life of a pair, with the published bytecode."""
    return _life(*market())


def router_source() -> Flow:
    """The same with the router from its source; in the end ether is bought, and taken out."""
    flow, tokens, router, weth = market(Flow("uniswap-v2-router-source"), SOURCE)
    _life(flow, tokens, router, weth)
    buy = "swapTokensForExactTokens(uint256,uint256,address[],address,uint256)"
    flow.call(router, buy, UNIT, 10 * UNIT, tokens, TRADER, FOREVER)
    sell = "swapExactTokensForETH(uint256,uint256,address[],address,uint256)"
    flow.call(router, sell, UNIT, 1, [tokens[0], weth], TRADER, FOREVER)
    factory = flow.view(router, "factory()", "address")
    pair = flow.view(factory, "getPair(address,address)", "address", tokens[0], weth)
    flow.call(pair, "approve(address,uint256)", router, FOREVER)
    remove = "removeLiquidityETH(address,uint256,uint256,uint256,address,uint256)"
    flow.call(router, remove, tokens[0], UNIT, 0, 0, CALLER_ADDRESS, FOREVER)
    return flow


def _life(flow: Flow, tokens: list[str], router: str, weth: str) -> Flow:
    """The whole life of a pair."""
    factory = flow.view(router, "factory()", "address")
    pair = flow.view(factory, "getPair(address,address)", "address", *tokens)
    flow.call(router, SWAP, 10 * UNIT, UNIT, tokens, TRADER, FOREVER)
    flow.call(tokens[1], "approve(address,uint256)", router, FOREVER, caller=TRADER)
    flow.call(router, SWAP, UNIT, 1, tokens[::-1], TRADER, FOREVER, caller=TRADER)
    add = "addLiquidityETH(address,uint256,uint256,uint256,address,uint256)"
    flow.call(router, add, tokens[0], 100 * UNIT, 0, 0, CALLER_ADDRESS, FOREVER, value=5 * UNIT)
    flow.call(
        router, "swapExactETHForTokens(uint256,address[],address,uint256)", 0, [weth, *tokens], TRADER, FOREVER, value=UNIT // 3
    )
    flow.at(10, 120)
    flow.call(pair, "approve(address,uint256)", router, FOREVER)
    remove = "removeLiquidity(address,address,uint256,uint256,uint256,address,uint256)"
    flow.call(router, remove, *tokens, 500 * UNIT, 0, 0, CALLER_ADDRESS, FOREVER)
    flow.call(pair, "skim(address)", TRADER)
    flow.call(pair, "sync()")
    return flow
