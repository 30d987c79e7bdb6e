//! What a verifier's caller expects: each thing that may differ is found, and named.

use ruint::aliases::U256;
use sol2zk_executor::host::request::Request;

use super::frames::creating;
use super::scene::*;
use crate::expect::Expectations;
use crate::verify::{Rejection, Verified};

fn expecting(request: &Request, change: impl Fn(&mut Request)) -> Expectations {
    let mut request = request.clone();
    change(&mut request);
    Expectations { request: Some(request), code_known: true, creation_known: true, ..Expectations::default() }
}

type Change = (&'static str, fn(&mut Request));

#[track_caller]
fn differs(verified: &Verified, expectations: &Expectations, what: &str) {
    match expectations.check(verified) {
        Err(Rejection::Expectation(reason)) => assert!(reason.contains(what), "{reason}"),
        Err(other) => panic!("{other}"),
        Ok(()) => panic!("ACCEPTED with another {what}"),
    }
}

#[test]
fn each_part_of_a_request_is_compared() {
    let program = talkative();
    let request = talkative_request(&program);
    let verified = accepted(&receipt(&request, &[&program]));
    expecting(&request, |_| ()).check(&verified).unwrap();
    let changes: [Change; 16] = [
        ("rule set", |r| r.fork -= 1),
        ("address of the contract", |r| r.contract = NOBODY),
        ("environment", |r| r.env.number += U256::from(1)),
        ("environment", |r| r.env.coinbase = NOBODY),
        ("calls are expected", |r| r.calls.truncate(2)),
        ("caller", |r| r.calls[1].caller = NOBODY),
        ("origin", |r| r.calls[1].origin = NOBODY),
        ("target", |r| r.calls[1].to = NOBODY),
        ("value", |r| r.calls[0].value = U256::ZERO),
        ("data", |r| r.calls[0].data[40] ^= 1),
        ("gas", |r| r.calls[2].gas += 1),
        ("kind", |r| r.calls[2].create = Some(code(&[0]))),
        ("balance before", |r| r.state.get_mut(&CALLER).unwrap().balance += U256::from(1)),
        ("nonce before", |r| r.state.get_mut(&CONTRACT).unwrap().nonce += 1),
        ("other code before", |r| r.state.get_mut(&CONTRACT).unwrap().code = code(&[0, 0])),
        ("holds another word before", |r| {
            r.state.get_mut(&CONTRACT).unwrap().storage.insert(U256::from(1), U256::from(1));
        }),
    ];
    for (what, change) in changes {
        differs(&verified, &expecting(&request, change), what);
    }
    // accounts and slots that the calls do not touch may be anything
    expecting(&request, |r| r.state.get_mut(&NOBODY).unwrap().balance += U256::from(1)).check(&verified).unwrap();
    let elsewhere = expecting(&request, |r| {
        r.state.get_mut(&CONTRACT).unwrap().storage.insert(U256::from(9), U256::from(1));
    });
    elsewhere.check(&verified).unwrap();
    let unknown = Expectations { code_known: false, ..expecting(&request, |r| r.state.get_mut(&CONTRACT).unwrap().code = code(&[])) };
    unknown.check(&verified).unwrap();
}

#[test]
fn programs_are_expected_by_digest_and_code() {
    let (request, programs) = creating();
    let verified = accepted(&receipt(&request, &[&programs[0], &programs[1]]));
    for program in &programs {
        Expectations { code_hashes: vec![program.code_hash], digests: vec![program.digest()], ..Expectations::default() }.check(&verified).unwrap();
    }
    differs(&verified, &Expectations { code_hashes: vec![[1; 32]], ..Expectations::default() }, "code hash");
    differs(&verified, &Expectations { digests: vec![programs[0].digest(), [1; 32]], ..Expectations::default() }, "is not in the receipt");
    // creation code is compared where it is known
    expecting(&request, |_| ()).check(&verified).unwrap();
    let other = expecting(&request, |r| r.calls[1].create = Some(code(&[0xfe, 0xfc])));
    differs(&verified, &other, "other creation code");
    Expectations { creation_known: false, ..other.clone() }.check(&verified).unwrap();
    // what was there before is another matter
    differs(&verified, &Expectations { code_known: false, ..other }, "other creation code");
}
