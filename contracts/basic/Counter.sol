// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

/// Counts, with loops, custom errors, signed arithmetic and bit masks.
contract Counter {
    error StepTooLarge(uint256 step, uint256 limit);
    error NotOwner(address caller);

    event Counted(address indexed by, uint256 indexed step, uint256 total);
    event Flag(uint8 indexed index, bool raised);

    address public immutable owner;
    uint256 public immutable limit;
    uint256 public total;
    int128 public balance;
    uint64 private calls;
    uint256 public flags;
    uint256[] public history;

    constructor(uint256 limit_) {
        owner = msg.sender;
        limit = limit_;
    }

    function step(uint256 by) external returns (uint256) {
        if (by > limit) revert StepTooLarge(by, limit);
        total += by;
        calls++;
        history.push(total);
        emit Counted(msg.sender, by, total);
        return total;
    }

    function adjust(int128 by) external returns (int128) {
        balance += by;
        return balance;
    }

    function sum(uint256 first, uint256 count) external pure returns (uint256 result) {
        require(count <= 64, "count");
        for (uint256 i = 0; i < count; i++) {
            if (i % 3 == 1) continue;
            result += first + i;
        }
    }

    function bits(uint256 word) external pure returns (uint256 count) {
        do {
            count += word & 1;
            word >>= 1;
        } while (word != 0);
    }

    function setFlag(uint8 index, bool raised) external {
        uint256 mask = uint256(1) << index;
        flags = raised ? flags | mask : flags & ~mask;
        emit Flag(index, raised);
    }

    function power(uint256 base, uint256 exponent, uint256 modulus) external pure returns (uint256 result) {
        result = 1 % modulus;
        while (exponent > 0) {
            if (exponent & 1 == 1) result = mulmod(result, base, modulus);
            base = mulmod(base, base, modulus);
            exponent >>= 1;
        }
    }

    function mix(bytes32 seed, int256 shift) external pure returns (bytes32 mixed, int256 quotient, uint256 exponential) {
        mixed = keccak256(abi.encodePacked(seed, shift));
        quotient = shift / 7 - shift % 5;
        unchecked {
            exponential = uint256(seed) ** (uint256(shift) & 7);
        }
        quotient = quotient >> 3;
    }

    function reset() external {
        if (msg.sender != owner) revert NotOwner(msg.sender);
        delete total;
        delete history;
        delete balance;
    }
}
