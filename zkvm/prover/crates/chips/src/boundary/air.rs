use p3_air::{Air, AirBuilder, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;

use super::BoundaryCols;
use crate::bus::{self, ChipBuilder, F, int, name};
use crate::columns::LIMBS;
use crate::context::{Context, Rows};
use crate::word::limbs;

/// The boundary chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct BoundaryAir;

/// Bits of the high part of a frame and an address.
const HIGH_BITS: u32 = 14;
/// Bits of the high part of a gap.
const GAP_HIGH_BITS: u32 = 13;

impl BaseAir<F> for BoundaryAir {
    fn width(&self) -> usize {
        BoundaryCols::<F>::WIDTH
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for BoundaryAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = BoundaryCols::view(main.current_slice());
        let next = BoundaryCols::view(main.next_slice());
        let real: B::Expr = row.real.into();
        b.assert_bool(row.real);
        b.assert_bool(row.same);
        let base = int::<B>(1 << 16);
        let frame = |row: &BoundaryCols<B::Var>| row.frame_low.into() + row.frame_high.into() * base.clone();
        let address = |row: &BoundaryCols<B::Var>| row.address_low.into() + row.address_high.into() * base.clone();
        for (low, high, bits) in
            [(row.frame_low, row.frame_high, HIGH_BITS), (row.address_low, row.address_high, HIGH_BITS), (row.gap_low, row.gap_high, GAP_HIGH_BITS)]
        {
            bus::range16(b, low.into(), real.clone());
            bus::range_bits(b, high.into(), bits, real.clone());
        }
        // (frame, address) strictly increases along the real rows, which come first. Over the integers: a difference lies above -2^30, and gap + 1 - p
        // is at most 2^29 - p < -2^30. (With a gap of up to 2^30 the order could wrap: p - 2^30 < 2^30.)
        // Forgery: an address with two beginnings, one of which keeps an old value.
        let gap = row.gap_low.into() + row.gap_high.into() * base.clone();
        let follows: B::Expr = next.real.into();
        let same: B::Expr = row.same.into();
        let mut within = b.when_transition();
        within.assert_zero((B::Expr::ONE - real.clone()) * follows.clone());
        within.assert_zero(follows.clone() * same.clone() * (frame(next) - frame(row)));
        let step = same.clone() * (address(next) - address(row)) + (B::Expr::ONE - same) * (frame(next) - frame(row));
        within.assert_zero(follows * (step - B::Expr::ONE - gap));

        // Every address begins as word 0 at time 0, and what is left at its end goes nowhere.
        let first = [frame(row), address(row), B::Expr::ZERO];
        bus::send(b, name::MEMORY, bus::message::<B, 3, LIMBS>(first, core::array::from_fn(|_| B::Expr::ZERO)), real.clone());
        let last = [frame(row), address(row), row.time.into()];
        bus::receive(b, name::MEMORY, bus::message::<B, 3, LIMBS>(last, bus::exprs::<B, LIMBS>(row.limbs)), real);
    }
}

/// The rows of all addresses touched.
pub fn generate(ctx: &mut Context) -> Option<RowMajorMatrix<F>> {
    let mut cells: Vec<_> = ctx.memory.iter().map(|(&key, &value)| (key, value)).collect();
    cells.sort_unstable_by_key(|&(key, _)| key);
    let mut rows = Rows::default();
    for (i, &((frame, address), (time, word))) in cells.iter().enumerate() {
        let row = BoundaryCols::view_mut(rows.push(BoundaryCols::<F>::WIDTH));
        let (same, gap) = match cells.get(i + 1) {
            Some(&((f, a), _)) if f == frame => (true, a - address - 1),
            Some(&((f, _), _)) => (false, f - frame - 1),
            None => (false, 0),
        };
        row.real = F::ONE;
        row.same = F::from_bool(same);
        for (low, high, bits, value) in [
            (&mut row.frame_low, &mut row.frame_high, HIGH_BITS, frame),
            (&mut row.address_low, &mut row.address_high, HIGH_BITS, address),
            (&mut row.gap_low, &mut row.gap_high, GAP_HIGH_BITS, gap),
        ] {
            *low = F::from_u32(value & 0xffff);
            *high = F::from_u32(value >> 16);
            ctx.range16(value & 0xffff);
            ctx.range_bits(value >> 16, bits);
        }
        row.time = F::from_u32(time);
        row.limbs = limbs(word);
    }
    rows.finish(BoundaryCols::<F>::WIDTH, 2)
}
