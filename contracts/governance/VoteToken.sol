// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";

/// A token with votes: its constructor follows pointers to internal functions, and hashes an EIP-712 domain of 160 bytes.
contract VoteToken is ERC20, ERC20Permit, ERC20Votes, AccessControl {
    bytes32 public constant MINTER = keccak256("MINTER");

    constructor(uint256 supply) ERC20("Vote", "VOTE") ERC20Permit("Vote") {
        _grantRole(DEFAULT_ADMIN_ROLE, msg.sender);
        _mint(msg.sender, supply * 10 ** decimals());
    }

    function mint(address to, uint256 value) external onlyRole(MINTER) {
        _mint(to, value);
    }

    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
    }
}
