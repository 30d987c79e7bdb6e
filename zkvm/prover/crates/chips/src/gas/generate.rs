use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;

use super::GasCols;
use crate::bus::F;
use crate::context::{Context, Rows};

/// Gas left of ISA 3.2: (negative, absolute value).
pub fn gas_left(given: u64, g: u32, w: u32) -> (bool, u64) {
    let w = i128::from(w);
    let left = i128::from(given) - i128::from(g) - 3 * w - w * w / 512;
    (left < 0, left.unsigned_abs() as u64)
}

/// Digits of base 2^16.
fn digits(value: u64) -> [i64; 4] {
    core::array::from_fn(|i| (value >> (16 * i) & 0xffff) as i64)
}

/// The rows that answer the queries in `ctx.gas_left`; counts their own look-ups. Returns the table and the queries of GIVEN by frame.
pub fn generate(ctx: &mut Context) -> (Option<RowMajorMatrix<F>>, std::collections::HashMap<u32, u32>) {
    let mut queries: Vec<_> = ctx.gas_left.iter().map(|(&query, &count)| (query, count)).collect();
    queries.sort_unstable();
    let mut rows = Rows::default();
    let mut frames = std::collections::HashMap::new();
    for ((frame, g, w), count) in queries {
        let given = ctx.gas_given.get(&frame).copied().unwrap_or(0);
        let (negative, left) = gas_left(given, g, w);
        *frames.entry(frame).or_default() += 1;
        let row = GasCols::view_mut(rows.push(GasCols::<F>::WIDTH));
        let (bytes, high) = ([i64::from(w & 0xff), i64::from(w >> 8 & 0xff)], i64::from(w >> 16));
        let (given_digits, left_digits) = (digits(given), digits(left));
        let sign = if negative { -1 } else { 1 };
        let rest = (u64::from(w) * u64::from(w) % 512) as i64;
        let d0 = 512 * (given_digits[0] - i64::from(g & 0xffff) - 3 * (bytes[0] + 256 * bytes[1]) - sign * left_digits[0]) + rest
            - (bytes[0] * bytes[0] + 512 * bytes[0] * bytes[1]);
        let c1 = d0 >> 16;
        let d1 = 512 * (given_digits[1] - i64::from(g >> 16) - 3 * high - sign * left_digits[1])
            - (bytes[1] * bytes[1] + 2 * bytes[0] * high + 512 * bytes[1] * high)
            + c1;
        let c2 = d1 >> 16;
        let c3 = (512 * (given_digits[2] - sign * left_digits[2]) - high * high + c2) >> 16;
        row.real = F::ONE;
        row.frame = F::from_u32(frame);
        row.given = given_digits.map(F::from_i64);
        row.g_low = F::from_u32(g & 0xffff);
        row.g_high = F::from_u32(g >> 16);
        row.w = [bytes[0], bytes[1], high].map(F::from_i64);
        row.negative = F::from_bool(negative);
        row.left = left_digits.map(F::from_i64);
        row.rest = F::from_i64(rest);
        row.carry = [c1, c2, c3].map(F::from_i64);
        row.inverse = row.left.iter().copied().sum::<F>().try_inverse().unwrap_or(F::ZERO);
        row.uses = F::from_u32(count);
        *ctx.bytes.entry((bytes[0] as u8, bytes[1] as u8)).or_default() += 1;
        ctx.range_bits(high as u32, 12);
        ctx.range16(g & 0xffff);
        ctx.range_bits(g >> 16, 14);
        ctx.range_bits(rest as u32, 9);
        for digit in left_digits {
            ctx.range16(digit as u32);
        }
        for carry in [c1, c2, c3] {
            ctx.range_bits((carry + (1 << 13)) as u32, 14);
        }
    }
    (rows.finish(GasCols::<F>::WIDTH, 2), frames)
}
