// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {CREATE3} from "solady/src/utils/CREATE3.sol";

/// What the factories make.
contract Box {
    uint256 public word;
    address public opener;

    function open(uint256 value) external payable {
        require(opener == address(0), "open");
        word = value;
        opener = msg.sender;
    }

    function close() external {
        require(opener == msg.sender, "not yours");
        opener = address(0);
        (bool paid,) = msg.sender.call{value: address(this).balance}("");
        require(paid, "not paid");
    }
}

/// EIP-1167: small proxies of one box.
contract CloneFactory {
    address public immutable box = address(new Box());
    address[] public made;

    function make(uint256 word) external payable returns (address clone) {
        clone = Clones.clone(box);
        Box(clone).open{value: msg.value}(word);
        made.push(clone);
    }

    function makeAt(bytes32 salt, uint256 word) external returns (address clone) {
        clone = Clones.cloneDeterministic(box, salt);
        require(clone == Clones.predictDeterministicAddress(box, salt), "elsewhere");
        Box(clone).open(word);
        made.push(clone);
    }

    function closeLast() external {
        Box(made[made.length - 1]).close();
    }

    receive() external payable {}
}

/// CREATE3: addresses that depend on the salt alone.
contract Create3Factory {
    event Made(address at);

    function make(bytes32 salt, bytes calldata code) external payable returns (address at) {
        at = CREATE3.deployDeterministic(msg.value, code, salt);
        require(at == CREATE3.predictDeterministicAddress(salt), "elsewhere");
        emit Made(at);
    }

    function box(bytes32 salt) external returns (address at) {
        at = CREATE3.deployDeterministic(type(Box).creationCode, salt);
        emit Made(at);
    }
}
