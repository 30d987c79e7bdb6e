// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

/// Calls others and itself: pays, looks without writing, tries what may fail, measures what gas a callee gets.
contract Messenger {
    event Paid(address indexed to, uint256 amount);
    event Noted(uint256 word);

    uint256 public notes;
    mapping(address => uint256) public paid;

    function pay(address payable to) external payable {
        paid[to] += msg.value;
        (bool taken,) = to.call{value: msg.value}("");
        require(taken, "not taken");
        emit Paid(to, msg.value);
    }

    function note(uint256 word, bool fails) external {
        notes = word;
        emit Noted(word);
        require(!fails, "as asked");
    }

    /// A callee's failure takes back what the callee did, and nothing else.
    function attempt(uint256 word, bool fails) external returns (bool done) {
        try this.note(word, fails) {
            done = true;
        } catch {}
    }

    /// Nothing that a static call enters may write.
    function look(uint256 word) external returns (bool wrote) {
        (wrote,) = address(this).staticcall(abi.encodeCall(this.note, (word, false)));
    }

    function echo(bytes calldata data) external pure returns (bytes memory) {
        return data;
    }

    function both(bytes calldata first, bytes calldata second) external view returns (bytes32) {
        return keccak256(abi.encode(this.echo(first), this.echo(second)));
    }

    function left() external view returns (uint256) {
        return gasleft();
    }

    function measure() external view returns (uint256) {
        return this.left();
    }

    receive() external payable {}
}
