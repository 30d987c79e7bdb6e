//! Words against integers of 512 bits and definitions spelled out.

use proptest::prelude::*;
use ruint::Uint;
use ruint::aliases::U256;

use super::*;

type Wide = Uint<1024, 16>;

fn words() -> impl Strategy<Value = U256> {
    let small = (0_u64..300).prop_map(U256::from);
    let near = (0_u64..4).prop_map(|below| U256::MAX - U256::from(below));
    let sign = (0_u64..3, any::<bool>()).prop_map(|(by, up)| {
        let half = U256::ONE << 255;
        if up { half + U256::from(by) } else { half - U256::from(by) }
    });
    let bits = (0_usize..256).prop_map(|count| U256::ONE << count);
    prop_oneof![any::<[u64; 4]>().prop_map(U256::from_limbs), any::<u64>().prop_map(U256::from), small, near, sign, bits]
}

fn big(a: U256) -> Wide {
    Wide::from_be_slice(&a.to_be_bytes::<32>())
}

fn low(a: Wide) -> U256 {
    U256::from_be_slice(&a.to_be_bytes::<128>()[96..])
}

/// (negative, absolute value) of the signed reading.
fn parts(a: U256) -> (bool, Wide) {
    if a.bit(255) { (true, (Wide::ONE << 256) - big(a)) } else { (false, big(a)) }
}

fn joined(negative: bool, value: Wide) -> U256 {
    low(if negative { (Wide::ONE << 256) - value } else { value })
}

fn eval(op: u16, a: U256, b: U256) -> U256 {
    pure(op, a, b, U256::ZERO).unwrap()
}

proptest! {
    #[test]
    fn modular(a in words(), b in words(), c in words()) {
        prop_assert_eq!(eval(isa::ADD, a, b), low(big(a) + big(b)));
        prop_assert_eq!(eval(isa::MUL, a, b), low(big(a) * big(b)));
        prop_assert_eq!(eval(isa::SUB, a, b), low((Wide::ONE << 256) + big(a) - big(b)));
        let (sum, product) = if c.is_zero() { (U256::ZERO, U256::ZERO) } else {
            (low((big(a) + big(b)) % big(c)), low((big(a) * big(b)) % big(c)))
        };
        prop_assert_eq!(pure(isa::ADDMOD, a, b, c).unwrap(), sum);
        prop_assert_eq!(pure(isa::MULMOD, a, b, c).unwrap(), product);
    }

    #[test]
    fn division(a in words(), b in words()) {
        let zero = b.is_zero();
        prop_assert_eq!(eval(isa::DIV, a, b), if zero { U256::ZERO } else { low(big(a) / big(b)) });
        prop_assert_eq!(eval(isa::MOD, a, b), if zero { U256::ZERO } else { low(big(a) % big(b)) });
        let ((s, x), (t, y)) = (parts(a), parts(b));
        prop_assert_eq!(eval(isa::SDIV, a, b), if zero { U256::ZERO } else { joined(s != t, x / y) });
        prop_assert_eq!(eval(isa::SMOD, a, b), if zero { U256::ZERO } else { joined(s, x % y) });
    }

    #[test]
    fn powers(a in words(), b in 0_u64..40) {
        let expected = (0..b).fold(U256::ONE, |product, _| low(big(product) * big(a)));
        prop_assert_eq!(eval(isa::EXP, a, U256::from(b)), expected);
    }

    #[test]
    fn comparisons(a in words(), b in words()) {
        let signed = match (parts(a), parts(b)) {
            ((true, x), (true, y)) => x > y,
            ((false, x), (false, y)) => x < y,
            ((negative, _), _) => negative,
        };
        prop_assert_eq!(eval(isa::LT, a, b), bit(big(a) < big(b)));
        prop_assert_eq!(eval(isa::GT, a, b), bit(big(b) < big(a)));
        prop_assert_eq!(eval(isa::SLT, a, b), bit(signed));
        prop_assert_eq!(eval(isa::SGT, b, a), bit(signed));
        prop_assert_eq!(eval(isa::EQ, a, b), bit(a == b));
        prop_assert_eq!(eval(isa::ISZERO, a, b), bit(a == U256::ZERO));
    }

    #[test]
    fn bits(a in words(), b in words()) {
        let each = |f: fn(bool, bool) -> bool| (0..256).fold(U256::ZERO, |word, index| word | bit(f(a.bit(index), b.bit(index))) << index);
        prop_assert_eq!(eval(isa::AND, a, b), each(|x, y| x && y));
        prop_assert_eq!(eval(isa::OR, a, b), each(|x, y| x || y));
        prop_assert_eq!(eval(isa::XOR, a, b), each(|x, y| x != y));
        prop_assert_eq!(eval(isa::NOT, a, b), each(|x, _| !x));
        let leading = (0..256).rev().take_while(|index| !a.bit(*index)).count();
        prop_assert_eq!(eval(isa::CLZ, a, b), U256::from(leading));
    }

    #[test]
    fn shifts(a in prop_oneof![(0_u64..300).prop_map(U256::from), words()], b in words()) {
        let count = usize::try_from(a).unwrap_or(256).min(256);
        let negative = b.bit(255);
        let select = |f: &dyn Fn(usize) -> bool| (0..256).fold(U256::ZERO, |word, index| word | bit(f(index)) << index);
        prop_assert_eq!(eval(isa::SHL, a, b), select(&|index| index >= count && b.bit(index - count)));
        prop_assert_eq!(eval(isa::SHR, a, b), select(&|index| index + count < 256 && b.bit(index + count)));
        prop_assert_eq!(eval(isa::SAR, a, b), select(&|index| if index + count < 256 { b.bit(index + count) } else { negative }));
        let byte = if a < U256::from(32) { U256::from(b.to_be_bytes::<32>()[count]) } else { U256::ZERO };
        prop_assert_eq!(eval(isa::BYTE, a, b), byte);
        let top = if a < U256::from(31) { 8 * count + 7 } else { 255 };
        prop_assert_eq!(eval(isa::SIGNEXTEND, a, b), select(&|index| b.bit(index.min(top))));
    }
}

#[test]
fn corners() {
    let least = U256::ONE << 255;
    assert_eq!(eval(isa::SDIV, least, U256::MAX), least);
    assert_eq!(eval(isa::SMOD, least, U256::MAX), U256::ZERO);
    assert_eq!(eval(isa::EXP, U256::ZERO, U256::ZERO), U256::ONE);
    assert_eq!(eval(isa::EXP, U256::from(2), U256::from(256)), U256::ZERO);
    assert_eq!(eval(isa::EXP, U256::from(3), U256::MAX), U256::from(3).pow(U256::MAX));
    let zero: U256 = "0x290decd9548b62a8d60345a988386fc84ba6bc95484008f6362f93160ef3e563".parse().unwrap();
    assert_eq!(eval(isa::HASH1, U256::ZERO, U256::ZERO), zero);
    let two: U256 = "0xad3228b676f7d3cd4284a5443f17f1962b36e491b30a40b2405849e597ba5fb5".parse().unwrap();
    assert_eq!(eval(isa::HASH2, U256::ZERO, U256::ZERO), two);
    assert_eq!(pure(isa::STOP, U256::ZERO, U256::ZERO, U256::ZERO), None);
}
