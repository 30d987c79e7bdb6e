// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

/// Keeps accounts with structs, nested mappings, strings, bytes and ether, and calls nobody.
contract Ledger {
    enum State {
        None,
        Open,
        Frozen
    }

    struct Account {
        State state;
        uint64 opened;
        uint128 balance;
        string name;
        bytes32[] notes;
    }

    error NoAccount(address who);
    error Frozen(address who, string reason);
    error Insufficient(uint256 wanted, uint256 there);

    event Opened(address indexed who, string name);
    event Moved(address indexed from, address indexed to, uint128 value, bytes memo);
    event Noted(address indexed who, uint256 index, bytes32 note);

    address public immutable keeper = msg.sender;
    uint128 public deposits;
    mapping(address => Account) private accounts;
    mapping(address => mapping(address => uint128)) public limits;

    modifier opened(address who) {
        Account storage account = accounts[who];
        if (account.state == State.None) revert NoAccount(who);
        if (account.state == State.Frozen) revert Frozen(who, string.concat("account of ", account.name));
        _;
    }

    function open(string calldata name) external payable {
        require(accounts[msg.sender].state == State.None, "open already");
        require(bytes(name).length <= 64, "name too long");
        Account storage account = accounts[msg.sender];
        account.state = State.Open;
        account.opened = uint64(block.timestamp);
        account.name = name;
        account.balance = uint128(msg.value);
        deposits += uint128(msg.value);
        emit Opened(msg.sender, name);
    }

    function deposit() external payable opened(msg.sender) {
        accounts[msg.sender].balance += uint128(msg.value);
        deposits += uint128(msg.value);
    }

    function move(address to, uint128 value, bytes calldata memo) external opened(msg.sender) opened(to) {
        _move(msg.sender, to, value, memo);
    }

    function limit(address spender, uint128 value) external {
        limits[msg.sender][spender] = value;
    }

    function moveFrom(address from, address to, uint128 value, bytes calldata memo) external opened(from) opened(to) {
        uint128 allowed = limits[from][msg.sender];
        limits[from][msg.sender] = allowed - value;
        _move(from, to, value, memo);
    }

    function note(bytes32 text) external opened(msg.sender) returns (uint256 index) {
        Account storage account = accounts[msg.sender];
        index = account.notes.length;
        account.notes.push(text);
        emit Noted(msg.sender, index, text);
    }

    function digest(address who) external view returns (bytes32) {
        Account storage account = accounts[who];
        return keccak256(abi.encode(account.state, account.balance, account.name, account.notes));
    }

    function read(address who) external view returns (State state, uint128 balance, string memory name, bytes32[] memory notes) {
        Account storage account = accounts[who];
        return (account.state, account.balance, account.name, account.notes);
    }

    function freeze(address who, bool frozen) external {
        require(msg.sender == keeper, "keeper only");
        if (accounts[who].state == State.None) revert NoAccount(who);
        accounts[who].state = frozen ? State.Frozen : State.Open;
    }

    function _move(address from, address to, uint128 value, bytes calldata memo) private {
        uint128 there = accounts[from].balance;
        if (value > there) revert Insufficient(value, there);
        accounts[from].balance = there - value;
        accounts[to].balance += value;
        emit Moved(from, to, value, memo);
    }
}
