use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{DigestAir, DigestCols, DigestRows};
use crate::bus::{F, name, tag};
use crate::finish::Stream;
use crate::hash::keccak_limbs;
use crate::keccak::STATE_LIMBS;
use crate::testing::{FRAME, Mock, Seeded, numbers, padding_rejects, shape};

const OFFSET: u32 = 0x2_0025;

/// SHA3 of each length, with what the stream and the blocks say about it. The digests are any words: the absorb chip makes them.
fn bench(lengths: &[u32]) -> (Mock, DigestRows) {
    let mut mock = Mock::new();
    let mut rows = DigestRows::default();
    let mut seeded = Seeded::new(19);
    mock.context.memory.insert((FRAME, OFFSET / 32), (9, seeded.random()));
    for &length in lengths {
        let result = seeded.random();
        let step = mock.chained(isa::SHA3, &[U256::from(OFFSET), U256::from(length)], 0, 30, |step| {
            step.result = result;
            step.charge += 6 * u64::from(length.div_ceil(32));
        });
        let (stream, message) = rows.push(&step, &mut mock.context);
        assert_eq!(stream, Stream { frame: FRAME, clk: step.clk, offset: OFFSET, length });
        assert_eq!(message.len(), length as usize);
        mock.owe(name::STREAM, vec![FRAME, step.clk, tag::PREIMAGE, OFFSET & 0xffff, OFFSET >> 16, length], -1);
        mock.owe(name::ABSORB, [step.clk, 0, length].into_iter().chain([0; STATE_LIMBS]).collect(), -1);
        mock.owe(name::SQUEEZE, [step.clk].into_iter().chain(keccak_limbs(result).map(u32::from)).collect(), 1);
    }
    mock.context.memory.clear();
    (mock, rows)
}

#[test]
fn lengths_are_asked_for_and_charged() {
    let (mock, rows) = bench(&[136, 137, 160, 161, 0xffff, 0x1_0000, 0x1_0001, 0x20_0000]);
    assert_eq!(mock.check("digest", &DigestAir, &rows.finish().unwrap()), None);
    let takes = |length: u64| DigestRows::takes(U256::from(length));
    assert!(takes(136) && takes((1 << 26) - 1) && !takes(1 << 26) && !takes(0) && !DigestRows::takes(U256::MAX));
}

#[test]
fn no_cell_can_be_changed() {
    let (mock, rows) = bench(&[136, 0x1_0001]);
    assert!(mock.accepted("digest", &DigestAir, &rows.finish().unwrap(), 0..2).is_empty());
}

#[test]
fn rows_that_are_not_real_say_nothing() {
    let columns = numbers(DigestCols::<F>::WIDTH);
    assert!(padding_rejects(&DigestAir, DigestCols::view(&columns).uses));
    println!("{:?}", shape(&DigestAir));
}
