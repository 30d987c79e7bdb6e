use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use sol2zk_executor::isa;
use sol2zk_executor::trace::PureStep;

use super::columns::AddSubCols;
use crate::bus::F;
use crate::context::{Context, Rows};
use crate::word::limbs;

/// Rows of ADD and SUB.
#[derive(Clone, Debug, Default)]
pub struct AddSubRows(Rows);

impl AddSubRows {
    /// Appends a row.
    pub fn push(&mut self, step: &PureStep, ctx: &mut Context) {
        let columns = AddSubCols::view_mut(self.0.push(AddSubCols::<F>::WIDTH));
        let [a, b, _] = step.operands;
        let add = step.op == isa::ADD;
        let result = if add { a.wrapping_add(b) } else { a.wrapping_sub(b) };
        columns.add = F::from_bool(add);
        columns.sub = F::from_bool(!add);
        columns.id = F::from_u32(step.id);
        columns.region = F::from_u32(step.region);
        columns.uses = ctx.uses(step.region, step.id);
        ctx.operand(&mut columns.a, step.id, 0, step.region, a);
        ctx.operand(&mut columns.b, step.id, 1, step.region, b);
        columns.result = limbs(result);
        ctx.range_word(result);
    }

    /// The table.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(AddSubCols::<F>::WIDTH, 2)
    }
}
