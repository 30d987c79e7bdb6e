use sol2zk_executor::keccak::keccak256;

use super::digests;

/// Lengths around a block's end and a padding's, each once, thrice and more often than any processor hashes at once.
#[test]
fn messages_of_a_length_are_hashed_together_as_they_are_alone() {
    let mut messages: Vec<Vec<u8>> = vec![vec![]];
    for length in [1_usize, 32, 64, 134, 135, 136, 137, 271, 272, 1000] {
        for count in [1, 3, 19] {
            messages.extend((0..count).map(|i| (0..length + count).map(|k| (7 * k + 31 * i) as u8).collect()));
        }
    }
    let alone: Vec<_> = messages.iter().map(|message| keccak256(message)).collect();
    assert_eq!(digests(&messages), alone);
    assert!(digests(&[]).is_empty());
}
