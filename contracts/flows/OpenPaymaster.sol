// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BasePaymaster} from "@account-abstraction/contracts/core/BasePaymaster.sol";
import {IEntryPoint} from "@account-abstraction/contracts/interfaces/IEntryPoint.sol";
import {PackedUserOperation} from "@account-abstraction/contracts/interfaces/PackedUserOperation.sol";

/// Pays for everybody, and keeps count of what it paid.
contract OpenPaymaster is BasePaymaster {
    uint256 public operations;
    uint256 public paid;

    constructor(IEntryPoint point) BasePaymaster(point) {}

    function _validatePaymasterUserOp(PackedUserOperation calldata, bytes32, uint256)
        internal
        override
        returns (bytes memory context, uint256 validationData)
    {
        operations += 1;
        return (abi.encode(operations), 0);
    }

    function _postOp(PostOpMode, bytes calldata, uint256 actualGasCost, uint256) internal override {
        paid += actualGasCost;
    }
}
