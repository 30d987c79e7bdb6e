use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use sol2zk_executor::isa;
use sol2zk_executor::trace::PureStep;

use super::ListedWordsCols;
use crate::bus::F;
use crate::context::{Context, Rows};
use crate::word::limbs;

/// Rows of the listed words chip.
#[derive(Clone, Debug, Default)]
pub struct ListedWordsRows(Rows);

impl ListedWordsRows {
    /// Appends the row of an executed instruction; its entry is the message's number until [`ListedWordsRows::place`].
    pub fn push(&mut self, step: &PureStep, ctx: &mut Context) {
        let row = ListedWordsCols::view_mut(self.0.push(ListedWordsCols::<F>::WIDTH));
        let two = step.op == isa::HASH2;
        row.is_one = F::from_bool(!two);
        row.is_two = F::from_bool(two);
        row.id = F::from_u32(step.id);
        row.region = F::from_u32(step.region);
        let [a, b, _] = step.operands;
        let mut message = a.to_be_bytes::<32>().to_vec();
        ctx.operand(&mut row.a, step.id, 0, step.region, a);
        if two {
            message.extend(b.to_be_bytes::<32>());
            ctx.operand(&mut row.b, step.id, 1, step.region, b);
        } else {
            row.b.time = F::from_u32(step.region);
        }
        row.entry = F::from_u32(ctx.listing.note(message));
        row.result = limbs(step.result);
        row.uses = ctx.uses(step.region, step.id);
    }

    /// Replaces the messages' numbers with their places in the claim.
    pub fn place(&mut self, places: &[u32]) {
        for cells in self.0.cells.chunks_exact_mut(ListedWordsCols::<F>::WIDTH) {
            let row = ListedWordsCols::view_mut(cells);
            row.entry = F::from_u32(places[row.entry.as_canonical_u32() as usize]);
        }
    }

    /// The table, if there are rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(ListedWordsCols::<F>::WIDTH, 2)
    }
}
