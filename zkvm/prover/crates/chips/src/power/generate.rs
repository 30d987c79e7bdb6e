use std::collections::HashMap;

use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::trace::PureStep;

use super::PowerCols;
use crate::bus::F;
use crate::context::{Context, Rows};
use crate::mul::MulRows;
use crate::word::{limbs, limbs16};

/// Rows of the power chip.
#[derive(Clone, Debug, Default)]
pub struct PowerRows {
    rows: Rows,
    count: usize,
    /// Rows that answer POWER, by base and exponent, with the power.
    known: HashMap<(U256, U256), (usize, U256)>,
}

impl PowerRows {
    /// Appends the row of an instruction, and the powers and products it needs.
    pub fn push(&mut self, step: &PureStep, ctx: &mut Context, products: &mut MulRows) {
        let [base, exponent, _] = step.operands;
        let (row, _) = self.raise(base, exponent, ctx, products);
        let row = PowerCols::view_mut(self.rows.row(row, PowerCols::<F>::WIDTH));
        row.instruction = F::ONE;
        row.id = F::from_u32(step.id);
        row.region = F::from_u32(step.region);
        row.uses = ctx.uses(step.region, step.id);
        ctx.operand(&mut row.base, step.id, 0, step.region, base);
        ctx.operand(&mut row.exponent, step.id, 1, step.region, exponent);
    }

    /// Answers one query of POWER, by new rows if no other does.
    fn power(&mut self, base: U256, exponent: U256, ctx: &mut Context, products: &mut MulRows) -> U256 {
        let known = self.known.get(&(base, exponent)).copied();
        let (row, power) = known.unwrap_or_else(|| self.raise(base, exponent, ctx, products));
        self.known.insert((base, exponent), (row, power));
        PowerCols::view_mut(self.rows.row(row, PowerCols::<F>::WIDTH)).powers += F::ONE;
        power
    }

    /// Appends a row; returns its index and the power. Recurses at most 256 deep.
    fn raise(&mut self, base: U256, exponent: U256, ctx: &mut Context, products: &mut MulRows) -> (usize, U256) {
        let index = self.count;
        self.count += 1;
        self.rows.push(PowerCols::<F>::WIDTH);
        let (root, square, power) = if exponent.is_zero() {
            (U256::ZERO, U256::ZERO, U256::ONE)
        } else {
            let root = self.power(base, exponent >> 1, ctx, products);
            let square = products.product(root, root, ctx);
            (root, square, if exponent.bit(0) { products.product(square, base, ctx) } else { square })
        };
        let row = PowerCols::view_mut(self.rows.row(index, PowerCols::<F>::WIDTH));
        (row.base.limbs, row.exponent.limbs) = (limbs(base), limbs(exponent));
        (row.root, row.square, row.result) = (limbs(root), limbs(square), limbs(power));
        if exponent.is_zero() {
            row.zero = F::ONE;
            return (index, power);
        }
        row.more = F::ONE;
        row.inverse = row.exponent.limbs.iter().copied().sum::<F>().try_inverse().unwrap_or(F::ZERO);
        row.odd = limbs16(exponent).map(|limb| F::from_u16(limb & 1));
        row.once = row.odd[0];
        for limb in limbs16(exponent) {
            ctx.range16(u32::from(limb >> 1));
        }
        (index, power)
    }

    /// The table, if there are rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.rows.finish(PowerCols::<F>::WIDTH, 2)
    }
}
