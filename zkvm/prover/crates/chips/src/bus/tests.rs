use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;

use super::{ChipBuilder, F, RANGE_BITS, range_bits};
use crate::testing::stopped_though_believed;

/// One cell below 2^bits.
struct Ranged(u32);

impl BaseAir<F> for Ranged {
    fn width(&self) -> usize {
        1
    }
}

impl<B: ChipBuilder> Air<B> for Ranged {
    fn eval(&self, b: &mut B) {
        let cell = b.main().current_slice()[0];
        range_bits(b, cell.into(), self.0, B::Expr::ONE);
    }
}

/// Whether both look-ups of a range of this many bits admit the value.
fn admitted(value: u32, bits: u32) -> bool {
    let scaled = u64::from(value) << (16 - bits);
    value < 1 << 16 && scaled % u64::from(F::ORDER_U32) < 1 << 16
}

#[test]
fn a_range_admits_its_own_values_alone() {
    for bits in RANGE_BITS {
        assert!((0..1 << 16).all(|value| admitted(value, bits) == (value >> bits == 0)), "{bits} bits");
        for (value, inside) in [(0, true), ((1 << bits) - 1, true), (1 << bits, false)] {
            let stopped = stopped_though_believed("ranged", &Ranged(bits), &RowMajorMatrix::new(vec![F::from_u32(value)], 1));
            assert_eq!(stopped.is_empty(), inside, "{value} as {bits} bits");
        }
    }
}

/// Of one bit and of none the look-ups would admit other values, so no chip can ask for such a range.
#[test]
fn ranges_of_less_than_two_bits_are_refused() {
    for (bits, wrong) in [(0, 65_025), (1, 65_025), (1, 65_026)] {
        assert!(admitted(wrong, bits));
        let asked = std::panic::catch_unwind(|| stopped_though_believed("ranged", &Ranged(bits), &RowMajorMatrix::new(vec![F::from_u32(wrong)], 1)));
        assert!(asked.is_err(), "{bits} bits");
    }
}
