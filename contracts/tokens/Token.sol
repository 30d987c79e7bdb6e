// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Capped} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Capped.sol";

/// A capped, burnable ERC-20 whose owner mints.
contract Token is ERC20, ERC20Burnable, ERC20Capped, Ownable {
    constructor(string memory name_, string memory symbol_, uint256 cap_, uint256 supply_)
        ERC20(name_, symbol_)
        ERC20Capped(cap_)
        Ownable(msg.sender)
    {
        _mint(msg.sender, supply_);
    }

    function mint(address to, uint256 value) external onlyOwner {
        _mint(to, value);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Capped) {
        super._update(from, to, value);
    }
}
