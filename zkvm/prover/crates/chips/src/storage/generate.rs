use std::collections::HashMap;

use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::trace::Step;

use super::air::STIPEND;
use super::columns::StorageCols;
use super::rules::Rules;
use crate::bus::F;
use crate::columns::LIMBS;
use crate::context::{Context, FrameInfo, Rows, SlotState};
use crate::observe::{gas_left, limbs64};
use crate::word::{limbs, limbs16};

/// Rows of the chip under construction.
#[derive(Clone, Debug)]
pub struct StorageRows {
    rules: Rules,
    rows: Rows,
    /// Row of the first access, by (call, handle).
    first: HashMap<(u32, u32), usize>,
}

fn sum(word: U256) -> F {
    F::from_u32(limbs16(word).map(u32::from).iter().sum())
}

/// Weights of [`StorageCols::weights`] for two words that differ.
fn weights(x: U256, y: U256) -> [F; LIMBS] {
    let (x, y) = (limbs(x), limbs(y));
    let mut weights = [F::ZERO; LIMBS];
    if let Some(i) = (0..LIMBS).find(|&i| x[i] != y[i]) {
        weights[i] = (x[i] - y[i]).inverse();
    }
    weights
}

impl StorageRows {
    /// No rows, under the rule set of index `fork`.
    pub fn new(fork: u8) -> Self {
        Self { rules: Rules::of(fork), rows: Rows::default(), first: HashMap::new() }
    }

    /// Adds the row of a `SLOAD` or `SSTORE`. Unknown handles (slots that the claim does not list) are taken as handle 0 and will not balance.
    pub fn push(&mut self, step: &Step, ctx: &mut Context) {
        let rom = ctx.row(step);
        let load = step.op == isa::SLOAD;
        let frame = ctx.frame_info.get(&step.frame).copied().unwrap_or_default();
        *ctx.frames.entry(step.frame).or_default() += 1;
        let index = self.rows.cells.len() / StorageCols::<F>::WIDTH;
        let mut cells = [F::ZERO; StorageCols::<F>::WIDTH];
        let c = StorageCols::view_mut(&mut cells);

        ctx.state(&mut c.state, step);
        c.charge = F::from_u32(rom.gas);
        ctx.operand(&mut c.key, step.id, 0, step.region, step.operands[0]);
        let constant = !load && rom.is_constant(1);
        c.b = F::from_u32(if load { 0 } else { rom.fields[1] });
        c.b_constant = F::from_bool(constant);
        c.word_time = F::from_u32(if constant { 0 } else { step.region });
        c.word_id = F::from_u32(if load { step.id } else { rom.fields[1] });
        c.word = limbs(step.operands[1]);
        c.call = F::from_u32(frame.call);
        c.account = F::from_u32(frame.account);
        c.doomed = F::from_bool(frame.doomed);
        c.sentry = F::from_bool(frame.sentry);
        if load {
            c.load = F::ONE;
            c.uses = ctx.uses(step.region, step.id);
        } else if self.rules.sentry && check(c, step, &frame, rom.gas, ctx) {
            c.trap = F::ONE;
            self.rows.cells.extend(cells);
            return;
        }
        c.next = F::from_u32(step.id + 1);
        let asks = access(c, step, &frame, &self.rules, ctx);
        let slot = (frame.call, step_handle(step, &frame, ctx));
        self.rows.cells.extend(cells);
        if !asks {
            self.first.entry(slot).or_insert(index);
        } else if let Some(&first) = self.first.get(&slot) {
            let row = &mut self.rows.cells[first * StorageCols::<F>::WIDTH..][..StorageCols::<F>::WIDTH];
            StorageCols::view_mut(row).original_uses += F::ONE;
        }
    }

    /// The table; none if there are no rows.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.rows.finish(StorageCols::<F>::WIDTH, 2)
    }
}

fn step_handle(step: &Step, frame: &FrameInfo, ctx: &Context) -> u32 {
    ctx.handles.get(&(frame.account, step.operands[0])).copied().unwrap_or(0)
}

/// Fills what proves gas left > 2300, or the trap; whether it is a trap, as the trace says. A trap needs its proof in any frame (one that halts has the flag).
fn check(c: &mut StorageCols<F>, step: &Step, frame: &FrameInfo, charge: u32, ctx: &mut Context) -> bool {
    let trap = step.next == 0;
    if frame.sentry && !trap {
        return false;
    }
    let (negative, left) = gas_left(ctx, step.frame, step.gas + u64::from(charge), step.words);
    c.left = limbs64(left);
    c.negative = F::from_bool(negative);
    let low = (left & 0xffff) as u32;
    if trap {
        if !negative {
            let margin = STIPEND.saturating_sub(low);
            c.margin = F::from_u32(margin);
            ctx.range16(margin);
        }
        return true;
    }
    if left >> 16 == 0 {
        c.tight = F::ONE;
        let margin = low.saturating_sub(STIPEND + 1);
        c.margin = F::from_u32(margin);
        ctx.range16(margin);
    } else {
        c.ample = F::ONE;
        c.left_inverse = (c.left[1] + c.left[2] + c.left[3]).inverse();
    }
    false
}

/// Makes the access; whether the row looks its original up.
fn access(c: &mut StorageCols<F>, step: &Step, frame: &FrameInfo, rules: &Rules, ctx: &mut Context) -> bool {
    let load = step.op == isa::SLOAD;
    let handle = step_handle(step, frame, ctx);
    *ctx.slots.entry(handle).or_default() += 1;
    let now = step.clk + u32::from(!load);
    let before = ctx.storage.get(&handle).copied().unwrap_or(SlotState { time: 0, mark: 0, word: U256::ZERO, original: U256::ZERO });
    let cold = before.mark != frame.call + 1;
    let original = if cold { before.word } else { before.original };
    let word = if load { before.word } else { step.operands[1] };
    ctx.storage.insert(handle, SlotState { time: now, mark: frame.call + 1, word, original });

    c.handle = F::from_u32(handle);
    ctx.previous(&mut c.previous, before.time, now);
    c.mark = F::from_u32(before.mark);
    c.cold = F::from_bool(cold);
    if cold {
        c.mark_inverse = (c.mark - c.call - F::ONE).inverse();
    }
    c.old = limbs(before.word);
    c.word = limbs(word);
    c.original = limbs(original);
    if load {
        return false;
    }
    c.cold_store = c.cold;
    if frame.doomed {
        c.undone = F::ONE;
        ctx.undo.push((step.frame, now, handle, before.word));
    }
    let unchanged = if rules.net { before.word == word } else { word.is_zero() };
    if unchanged {
        c.unchanged = F::ONE;
        return false;
    }
    if rules.net && before.word != original {
        c.dirty = F::ONE;
        c.weights = weights(before.word, original);
        c.asks = F::ONE;
        return true;
    }
    c.weights = weights(before.word, word);
    if before.word.is_zero() {
        c.create = F::ONE;
    } else {
        c.update = F::ONE;
        c.old_inverse = sum(before.word).inverse();
    }
    c.asks = F::from_bool(rules.net && !cold);
    rules.net && !cold
}
