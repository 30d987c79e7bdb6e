//! Requests are strict, and errors name their place.

use super::*;

const REQUEST: &str = r#"{"fork":"Osaka","env":{"number":"0x1312d00","timestamp":"0x65a0bc00","coinbase":"0x00000000000000000000000000000000c01b0001",
"prevrandao":"0x2a","difficulty":"0x20000","gas_limit":"0x1c9c380","chain_id":"0x1","base_fee":"0x3b9aca00","blob_base_fee":"0x1","gas_price":"0x3b9aca00",
"block_hashes":{"0x1":"0x00000000000000000000000000000000000000000000000000000000000000ff"},"blob_hashes":["0x1"]},
"contract":"0x00000000000000000000000000000000c0de0001",
"state":{"0x00000000000000000000000000000000c0de0001":{"balance":"0x0","nonce":"0x1","code":"0x6000","storage":{"0x0":"0x7"}}},
"calls":[{"create":false,"caller":"0x00000000000000000000000000000000ca110001","origin":"0x00000000000000000000000000000000ca110001",
"to":"0x00000000000000000000000000000000c0de0001","value":"0x0","data":"0x01ff","gas":"0x989680"}]}"#;

#[test]
fn parses_what_it_should() {
    let request = Request::parse(REQUEST).unwrap();
    assert_eq!(request.fork, isa::fork::OSAKA);
    assert_eq!(request.env.block_hashes[&U256::ONE], U256::from(255));
    assert_eq!(request.state[&request.contract].storage[&U256::ZERO], U256::from(7));
    assert_eq!((request.calls[0].gas, request.calls[0].data.as_slice()), (10_000_000, [1, 255].as_slice()));
}

#[test]
fn refuses_and_says_where() {
    let cases = [
        ("\"Osaka\"", "\"Tokyo\"", "fork"),
        ("\"0x2a\"", "\"0x02a\"", "env.prevrandao"),
        ("\"0x2a\"", "\"0x2A\"", "env.prevrandao"),
        ("\"0x2a\"", "\"2a\"", "env.prevrandao"),
        ("\"0x2a\"", "\"0x\"", "env.prevrandao"),
        ("\"0x1312d00\"", "\"0x10000000000000000000000000000000000000000000000000000000000000000\"", "env.number"),
        ("\"0x01ff\"", "\"0x1ff\"", "calls[0].data"),
        ("\"0x989680\"", "\"0x8000000000000000\"", "calls[0].gas"),
        ("\"0x6000\"", "\"0x600g\"", "state.0x00000000000000000000000000000000c0de0001.code"),
        ("{\"0x0\":\"0x7\"}", "{\"0x0\":\"0x7\",\"0x0\":\"0x8\"}", "state.0x00000000000000000000000000000000c0de0001.storage.0x0"),
        ("\"create\":false", "\"create\":true", "calls[0].code"),
        ("\"create\":false", "\"create\":false,\"code\":\"0x00\"", "calls[0].code"),
        ("\"to\":\"0x00000000000000000000000000000000c0de0001\"", "\"to\":\"0xc0de\"", "calls[0].to"),
        ("\"create\":false,", "", "json"),
        ("\"create\":false", "\"create\":false,\"more\":1", "json"),
        ("\"calls\":[", "\"calls\":[[],", "json"),
    ];
    for (old, new, place) in cases {
        assert!(REQUEST.contains(old), "{old}");
        let error = Request::parse(&REQUEST.replacen(old, new, 1)).unwrap_err();
        assert_eq!(error.place, place, "{error}");
    }
    let account = REQUEST.find("\"state\":{").unwrap() + 9;
    let end = REQUEST.find("},\n\"calls\"").unwrap();
    let twice = format!("{},{}", &REQUEST[account..end], &REQUEST[account..end]);
    let error = Request::parse(&REQUEST.replacen(&REQUEST[account..end], &twice, 1)).unwrap_err();
    assert_eq!(error.what, "repeated");
}
