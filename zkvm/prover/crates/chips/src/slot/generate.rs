use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;

use super::columns::SlotCols;
use crate::bus::F;
use crate::context::{Context, Rows};
use crate::word::limbs;

/// A slot as the claim lists it; its handle is its index there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Index of the account in the claim's list.
    pub account: u32,
    /// Key.
    pub key: U256,
    /// Word before the batch.
    pub before: U256,
}

/// The table, from the claim's list and the storage after the run; none if the list is empty.
pub fn generate(slots: &[Slot], ctx: &Context) -> Option<RowMajorMatrix<F>> {
    let mut rows = Rows::default();
    for (handle, slot) in (0..).zip(slots) {
        let c = SlotCols::view_mut(rows.push(SlotCols::<F>::WIDTH));
        let (time, mark, after) = ctx.storage.get(&handle).map_or((0, 0, slot.before), |state| (state.time, state.mark, state.word));
        c.real = F::ONE;
        c.uses = F::from_u32(ctx.slots.get(&handle).copied().unwrap_or(0));
        c.handle = F::from_u32(handle);
        c.account = F::from_u32(slot.account);
        c.time = F::from_u32(time);
        // a slot without an access has no inverse, and no proof
        c.inverse = c.time.try_inverse().unwrap_or(F::ZERO);
        c.mark = F::from_u32(mark);
        c.key = limbs(slot.key);
        c.before = limbs(slot.before);
        c.after = limbs(after);
    }
    rows.finish(SlotCols::<F>::WIDTH, 2)
}
