//! The journal takes back every kind of change, and nothing before the checkpoint.

use super::*;
use crate::isa::fork;

fn world(rule_set: u8, listed: &[u8]) -> World {
    let state = AccountState { balance: U256::from(10), nonce: 1, code: vec![1].into(), storage: [(U256::ONE, U256::from(3))].into() };
    let env = crate::host::request::Environment::default();
    let state = listed.iter().map(|byte| ([*byte; 20], state.clone())).collect();
    let mut world = World::new(&Request { fork: rule_set, env, contract: [1; 20], state, calls: Vec::new(), messages: false });
    world.begin();
    world
}

/// Every kind of change to account 1, and value to account 2.
fn change(world: &mut World) {
    let (one, two) = (world.open(&[1; 20]), world.open(&[2; 20]));
    world.warm(one);
    world.transfer(one, two, U256::from(4)).unwrap();
    world.set_nonce(one, 9);
    world.set_code(one, vec![7].into());
    world.load(one, U256::from(8));
    world.store(one, U256::ONE, U256::from(5));
    world.store_transient(one, U256::ONE, U256::from(6));
    world.create(one);
    assert!(world.destroy(one));
    world.refund += 5;
    world.logs.push(Log { address: [1; 20], topics: Vec::new(), data: Vec::new() });
}

#[test]
fn a_failure_takes_back_every_kind_of_change() {
    for kept in [false, true] {
        let mut world = world(fork::OSAKA, &[1]);
        let one = world.open(&[1; 20]);
        if kept {
            world.store(one, U256::ONE, U256::from(4));
        }
        let before = world.checkpoint();
        change(&mut world);
        assert_eq!((world.is_created(one), world.load_transient(one, U256::ONE)), (true, U256::from(6)));
        world.revert(before);
        let account = world.get(one);
        assert_eq!((account.balance, account.nonce, &account.code[..]), (U256::from(10), 1, [1].as_slice()));
        assert_eq!(account.code_hash, keccak256(&[1]));
        assert!(!world.is_created(one) && world.load_transient(one, U256::ONE).is_zero());
        assert_eq!((world.refund, world.logs.len(), world.destroyed.len()), (0, 0, 0));
        assert!(world.warm(one), "cold again");
        assert_eq!(world.load(one, U256::from(8)), (U256::ZERO, true));
        assert_eq!(world.load(one, U256::ONE), if kept { (U256::from(4), false) } else { (U256::from(3), true) });
        assert!(world.end().is_empty());
        assert!(!world.into_state().contains_key(&[2; 20]));
    }
}

#[test]
fn what_was_touched_and_is_empty_goes() {
    for (rule_set, absent) in [(fork::TANGERINE_WHISTLE, false), (fork::SPURIOUS_DRAGON, true)] {
        let mut world = world(rule_set, &[1]);
        let (one, two) = (world.open(&[1; 20]), world.open(&[2; 20]));
        assert!(!world.exists(two));
        world.transfer(one, two, U256::ZERO).unwrap();
        assert_eq!(world.exists(two), !absent);
        world.end();
        assert_eq!(world.into_state()[&[2; 20]].absent, absent);
    }
}

/// What clients did in mainnet's block 2675119.
#[test]
fn the_touch_of_ripemd_stays() {
    let mut world = world(fork::SPURIOUS_DRAGON, &[1]);
    let mut address = [0; 20];
    for (last, stays) in [(3, true), (4, false)] {
        address[19] = last;
        let before = world.checkpoint();
        let handle = world.open(&address);
        world.touch(handle);
        world.revert(before);
        assert_eq!(world.get(handle).listed, stays);
    }
}

#[test]
fn value_that_cannot_move_does_not() {
    let mut world = world(fork::OSAKA, &[1, 2]);
    let (one, two) = (world.open(&[1; 20]), world.open(&[2; 20]));
    assert_eq!(world.transfer(one, two, U256::from(11)), Err(Immovable::Unpaid));
    world.set_balance(two, U256::MAX);
    assert_eq!(world.transfer(one, two, U256::ONE), Err(Immovable::Overflow));
    assert_eq!(world.transfer(one, one, U256::from(10)), Ok(()));
    assert_eq!((world.get(one).balance, world.get(two).balance), (U256::from(10), U256::MAX));
}

#[test]
fn destroyed_accounts_are_deleted_and_listed() {
    let mut world = world(fork::OSAKA, &[2, 1]);
    let (one, two) = (world.open(&[1; 20]), world.open(&[2; 20]));
    assert!(world.destroy(two) && world.destroy(one) && !world.destroy(one));
    assert_eq!(world.end(), [[1; 20], [2; 20]]);
    let state = world.into_state();
    assert!(state[&[1; 20]].absent && state[&[1; 20]].storage.is_empty() && state[&[1; 20]].code.is_empty());
}
