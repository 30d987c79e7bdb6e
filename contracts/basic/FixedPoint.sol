// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";

/// Arithmetic and nothing else: a rate that compounds, by the exponential and logarithm that deployed contracts use.
contract FixedPoint {
    /// What a deposit of one comes to after so many turns at changing rates, 18 decimals.
    function compound(uint256 turns) external pure returns (int256 total) {
        total = 1e18;
        for (uint256 turn = 1; turn <= turns; ++turn) {
            int256 rate = FixedPointMathLib.lnWad(int256(1e18 + turn * 1e12));
            total = FixedPointMathLib.sMulWad(total, FixedPointMathLib.expWad(rate / 1000));
            if (total > 5e18) total = FixedPointMathLib.sDivWad(total, 3e18);
        }
    }
}
