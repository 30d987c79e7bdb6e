use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use sol2zk_executor::trace::Step;

use super::ExpGasCols;
use crate::bus::F;
use crate::columns::LIMBS;
use crate::context::{Context, Rows};
use crate::word::limbs16;

/// Rows of the EXPGAS chip.
#[derive(Clone, Debug, Default)]
pub struct ExpGasRows(Rows);

impl ExpGasRows {
    /// Appends the row of an instruction.
    pub fn push(&mut self, step: &Step, ctx: &mut Context) {
        let rom = ctx.row(step);
        let row = ExpGasCols::view_mut(self.0.push(ExpGasCols::<F>::WIDTH));
        row.real = F::ONE;
        ctx.state(&mut row.state, step);
        row.gas = F::from_u32(rom.gas);
        ctx.operand(&mut row.a, step.id, 0, step.region, step.operands[0]);
        let limbs = limbs16(step.operands[0]);
        let top = (0..LIMBS).rev().find(|&i| limbs[i] != 0).map_or(0, |i| {
            row.marks[i] = F::ONE;
            limbs[i]
        });
        ctx.limb_bytes(top);
        let high = top >> 8;
        row.top = F::from_u16(top);
        row.high = F::from_u16(high);
        row.wide = F::from_bool(high != 0);
        row.inverse = F::from_u16(if high != 0 { high } else { top }).try_inverse().unwrap_or(F::ZERO);
    }

    /// The table, if there are rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(ExpGasCols::<F>::WIDTH, 2)
    }
}
