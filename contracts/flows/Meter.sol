// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";

/// A meter behind a proxy that its owner upgrades.
contract Meter is Initializable, UUPSUpgradeable {
    address public owner;
    uint256 public total;

    error NotOwner(address caller);

    constructor() {
        _disableInitializers();
    }

    function initialize(address first) external initializer {
        owner = first;
    }

    function add(uint256 value) external virtual returns (uint256) {
        total += value;
        return total;
    }

    function version() external pure virtual returns (uint256) {
        return 1;
    }

    function _authorizeUpgrade(address) internal view override {
        if (msg.sender != owner) revert NotOwner(msg.sender);
    }
}

/// The same with a tariff, set as the upgrade happens.
contract MeterWithTariff is Meter {
    uint256 public tariff;

    function setTariff(uint256 value) external reinitializer(2) {
        tariff = value;
    }

    function add(uint256 value) external override returns (uint256) {
        total += value * tariff;
        return total;
    }

    function version() external pure override returns (uint256) {
        return 2;
    }
}

/// The proxy, under a name of this file.
contract MeterProxy is ERC1967Proxy {
    constructor(address implementation, bytes memory data) ERC1967Proxy(implementation, data) {}
}
