use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;

use super::PreimageCols;
use super::columns::LANES;
use crate::bus::{self, ChipBuilder, F, int, name, tag};
use crate::columns::LIMBS;
use crate::hash::swapped;

/// The preimage chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct PreimageAir;

impl BaseAir<F> for PreimageAir {
    fn width(&self) -> usize {
        PreimageCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for PreimageAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = PreimageCols::view(main.current_slice());
        let real: B::Expr = row.real.into();
        // Forgery: a chunk of a message that is sent more often than once, or taken back.
        b.assert_bool(row.real);
        let head = [int::<B>(tag::PREIMAGE), row.clk.into(), row.chunk.into()];
        bus::send(b, name::CLAIM, bus::message::<B, 3, LIMBS>(head, bus::exprs::<B, LIMBS>(row.limbs)), real.clone());
        // Both bytes of each limb are bytes, so the lanes have 16-bit limbs.
        let lanes = swapped(b, &row.limbs, &row.low, &real);
        for (i, limbs) in lanes.chunks(LIMBS / LANES).enumerate() {
            let sent: B::Expr = row.sent[i].into();
            // Forgery: a lane out of a row that received no chunk, or a fraction of a lane.
            b.assert_bool(row.sent[i]);
            b.assert_zero((B::Expr::ONE - real.clone()) * sent.clone());
            // Forgery: a lane left out that is not zero.
            for limb in &row.limbs[LIMBS - 4 * (i + 1)..LIMBS - 4 * i] {
                b.assert_zero((real.clone() - sent.clone()) * (*limb).into());
            }
            let mut lane = vec![row.clk.into(), row.chunk.into() * int::<B>(LANES as u32) + int::<B>(i as u32)];
            lane.extend(limbs.iter().cloned());
            bus::send(b, name::LANE, lane, sent);
        }
    }
}
