use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::trace::{PureStep, Step};

use super::columns::{CompareCols, KINDS, Test};
use crate::bus::F;
use crate::columns::LIMBS;
use crate::context::{Context, Rows};
use crate::word::limbs16;

/// Rows of the comparisons.
#[derive(Clone, Debug, Default)]
pub struct CompareRows(Rows);

impl CompareRows {
    /// Appends a pure row. Instructions of other chips are ignored.
    pub fn push_pure(&mut self, step: &PureStep, ctx: &mut Context) {
        if let Some(columns) = self.push_row(step.op, step.id, step.region, &step.operands, ctx) {
            columns.state.id = F::from_u32(step.id);
            columns.state.region = F::from_u32(step.region);
            columns.next = columns.state.id * (F::ONE - columns.holds);
            columns.uses = ctx.uses(step.region, step.id);
        }
    }

    /// Appends a branch. Instructions of other chips are ignored.
    pub fn push(&mut self, step: &Step, ctx: &mut Context) {
        if let Some(columns) = self.push_row(step.op, step.id, step.region, &step.operands, ctx) {
            ctx.state(&mut columns.state, step);
            columns.next = F::from_u32(step.next);
        }
    }

    /// The table.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(CompareCols::<F>::WIDTH, 2)
    }

    fn push_row(&mut self, op: u16, id: u32, region: u32, operands: &[U256; 3], ctx: &mut Context) -> Option<&mut CompareCols<F>> {
        let index = KINDS.iter().position(|kind| kind.op == op)?;
        let kind = KINDS[index];
        let columns = CompareCols::view_mut(self.0.push(CompareCols::<F>::WIDTH));
        let row = ctx.rom[&id];
        columns.flags[index] = F::ONE;
        columns.target = F::from_u32(row.fields[2]);
        columns.charge = F::from_u32(row.gas);
        let [a, b, _] = *operands;
        ctx.operand(&mut columns.a, id, 0, region, a);
        ctx.operand(&mut columns.b, id, 1, region, b);

        let (a, b) = (limbs16(a).map(i32::from), limbs16(b).map(i32::from));
        let top = LIMBS - 1;
        let (sign_a, sign_b) = if kind.signed { (a[top] >> 15, b[top] >> 15) } else { (0, 0) };
        if kind.signed {
            ctx.range16(2 * (a[top] & 0x7fff) as u32);
            ctx.range16(2 * (b[top] & 0x7fff) as u32);
        }
        columns.sign_a = F::from_i32(sign_a);
        columns.sign_b = F::from_i32(sign_b);
        let first = (0..LIMBS).rev().find(|&i| a[i] != b[i]);
        let (mut less, mut gap) = (false, 0);
        if let Some(i) = first {
            columns.marks[i] = F::ONE;
            let signs = if i == top { (sign_b - sign_a) << 16 } else { 0 };
            let difference = b[i] - a[i] - signs;
            less = difference > 0;
            gap = difference.unsigned_abs() - 1;
        }
        columns.less = F::from_bool(less);
        columns.gap = F::from_u32(gap);
        ctx.range16(gap);
        columns.holds = F::from_bool(match kind.test {
            Test::Equal => first.is_none(),
            Test::Differ => first.is_some(),
            Test::Less => less,
            Test::Greater => first.is_some() && !less,
            Test::NotLess => !less,
        });
        Some(columns)
    }
}
