use super::{Listing, Sorted, order};

#[test]
fn shorter_messages_come_first_then_bytes_decide() {
    let mut messages: Vec<&[u8]> = vec![&[2], &[1, 9], &[], &[1, 2, 0], &[1], &[1, 2]];
    messages.sort_by(|a, b| order(a, b));
    assert_eq!(messages, [&[][..], &[1], &[2], &[1, 2], &[1, 9], &[1, 2, 0]]);
}

#[test]
fn each_message_has_one_place_and_all_its_uses() {
    let mut listing = Listing::default();
    let numbers: Vec<u32> = [&[7, 7][..], &[9], &[7, 7], &[3], &[9], &[7, 7]].iter().map(|message| listing.note(message.to_vec())).collect();
    assert_eq!(numbers, [0, 1, 0, 2, 1, 0]);
    let sorted = listing.sort();
    assert_eq!(sorted, Sorted { messages: vec![vec![3], vec![9], vec![7, 7]], uses: vec![1, 2, 3], places: vec![2, 1, 0] });
    assert_eq!(listing.sort(), Sorted::default());
}
