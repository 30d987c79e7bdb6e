// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC4626} from "@openzeppelin/contracts/token/ERC20/extensions/ERC4626.sol";

/// The asset: holders may also approve by signature.
contract Asset is ERC20, ERC20Permit {
    constructor(uint256 supply) ERC20("Asset", "AST") ERC20Permit("Asset") {
        _mint(msg.sender, supply);
    }
}

/// An ERC-4626 vault over it.
contract Vault is ERC4626 {
    constructor(IERC20 asset_) ERC20("Vault", "VLT") ERC4626(asset_) {}
}
