use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use p3_lookup::Count;
use sol2zk_executor::isa;

use super::columns::StorageCols;
use super::rules::Rules;
use crate::bus::{self, ChipBuilder, F, exprs, int, message, name};
use crate::columns::LIMBS;

/// Constraints of [`StorageCols`] under a rule set.
#[derive(Clone, Copy, Debug, Default)]
pub struct StorageAir {
    /// Index into FORKS.
    pub fork: u8,
}

/// Gas that a store needs more than (ISA 3.5).
pub(super) const STIPEND: u32 = 2300;

impl BaseAir<F> for StorageAir {
    fn width(&self) -> usize {
        StorageCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

/// The kinds of row, as expressions that are 0 or 1.
struct Kinds<E> {
    load: E,
    unchanged: E,
    dirty: E,
    create: E,
    update: E,
    trap: E,
    /// Stores that write.
    stores: E,
    /// Rows that access storage.
    live: E,
    real: E,
}

fn sum<B: ChipBuilder>(limbs: &[B::Var]) -> B::Expr {
    limbs.iter().fold(B::Expr::ZERO, |sum, &limb| sum + limb.into())
}

/// Sum of weight (x - y) over the limbs: not 0 only if x and y differ.
fn distance<B: ChipBuilder>(weights: &[B::Var; LIMBS], x: &[B::Var; LIMBS], y: &[B::Var; LIMBS]) -> B::Expr {
    weights.iter().zip(x.iter().zip(y)).fold(B::Expr::ZERO, |sum, (&weight, (&x, &y))| sum + (x.into() - y.into()) * weight)
}

impl<B: ChipBuilder> Air<B> for StorageAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let c = StorageCols::view(main.current_slice());
        let rules = Rules::of(self.fork);
        let k = kinds(b, c);
        instruction(b, c, &k);
        slot(b, c, &k);
        price(b, c, &k, &rules);
        sentry(b, c, &k, &rules);

        // Control goes on, or to 0 (forgery: going on after a trap, or jumping anywhere).
        b.assert_zero(c.next.into() - k.live.clone() * (c.state.id.into() + B::Expr::ONE));
        let charge = c.charge.into()
            + c.cold.into() * int::<B>(rules.cold_load)
            + c.cold_store.into() * (int::<B>(rules.cold_store) - int::<B>(rules.cold_load))
            + (k.unchanged + k.dirty) * int::<B>(rules.unchanged)
            + k.create * int::<B>(rules.create)
            + k.update * int::<B>(rules.update);
        bus::enter(b, &c.state, k.real.clone());
        bus::leave(b, &c.state, c.next.into(), c.state.region.into(), c.state.gas.into() + charge, c.state.words.into(), k.real);
    }
}

fn kinds<B: ChipBuilder>(b: &mut B, c: &StorageCols<B::Var>) -> Kinds<B::Expr> {
    let [load, unchanged, dirty, create, update, trap] = exprs::<B, 6>([c.load, c.unchanged, c.dirty, c.create, c.update, c.trap]);
    let stores = unchanged.clone() + dirty.clone() + create.clone() + update.clone();
    let live = stores.clone() + load.clone();
    let real = live.clone() + trap.clone();
    // One kind a row (forgery: a row that counts twice, or in half, or that pays the mean of two prices).
    for flag in [c.load, c.unchanged, c.dirty, c.create, c.update, c.trap] {
        b.assert_bool(flag);
    }
    b.assert_bool(real.clone());
    Kinds { load, unchanged, dirty, create, update, trap, stores, live, real }
}

/// ROM row and wires.
fn instruction<B: ChipBuilder>(b: &mut B, c: &StorageCols<B::Var>, k: &Kinds<B::Expr>) {
    let state = &c.state;
    let store = k.stores.clone() + k.trap.clone();
    let op = k.load.clone() * int::<B>(isa::SLOAD.into()) + store.clone() * int::<B>(isa::SSTORE.into());
    let constants = [c.key.constant.into(), c.b_constant.into(), B::Expr::ZERO];
    bus::fetch(b, state.id.into(), op, constants, [c.key.id.into(), c.b.into(), B::Expr::ZERO], c.charge.into(), k.real.clone());
    bus::read_operand(b, &c.key, state.region.into(), k.real.clone());

    // Only loads give a wire (forgery: a padding row, or a store, that gives any word to any reader).
    b.assert_zero((B::Expr::ONE - k.load.clone()) * c.uses);
    // The wire is (region, id) for loads, the operand b for stores (forgery: storing the word of another wire or region instance).
    b.assert_bool(c.b_constant);
    b.assert_zero(k.load.clone() * c.b_constant);
    b.assert_zero(c.word_time.into() - (B::Expr::ONE - c.b_constant.into()) * state.region);
    b.assert_zero(k.load.clone() * (c.word_id.into() - state.id));
    b.assert_zero((B::Expr::ONE - k.load.clone()) * (c.word_id.into() - c.b));
    let wire = message::<B, 2, LIMBS>([c.word_time.into(), c.word_id.into()], exprs::<B, LIMBS>(c.word));
    // At most one of the two terms of the count is not 0; what is given is free, what is asked at most 1.
    b.push_interaction(name::WIRE, wire, Count::bounded(store - c.uses.into(), 1));
}

/// The access: which slot, when, what was there, undo.
fn slot<B: ChipBuilder>(b: &mut B, c: &StorageCols<B::Var>, k: &Kinds<B::Expr>) {
    let state = &c.state;
    let frame = vec![state.frame.into(), c.call.into(), c.account.into(), c.doomed.into(), c.sentry.into()];
    bus::query(b, name::FRAME, frame, k.real.clone());
    // The handle is the one of (account, key): SLOT rows are the claim's, strictly sorted (forgery: the slot of another account or key).
    bus::query(b, name::SLOT, message::<B, 2, LIMBS>([c.account.into(), c.handle.into()], exprs::<B, LIMBS>(c.key.limbs)), k.live.clone());

    // Loads leave the word (forgery: a load that changes the slot, or gives another word than it holds).
    for (old, word) in c.old.into_iter().zip(c.word) {
        b.assert_zero(k.load.clone() * (word.into() - old.into()));
    }
    // Words need no range check: they came from the wire bus or from the storage bus, whose words came from the claim or the wire bus.
    let now = state.clk.into() + k.stores.clone();
    bus::later(b, &c.previous, now.clone(), k.live.clone());
    let before = [c.handle.into(), c.previous.time.into(), c.mark.into()];
    bus::receive(b, name::STORAGE, message::<B, 3, LIMBS>(before, exprs::<B, LIMBS>(c.old)), k.live.clone());
    let after = [c.handle.into(), now.clone(), c.call.into() + B::Expr::ONE];
    bus::send(b, name::STORAGE, message::<B, 3, LIMBS>(after, exprs::<B, LIMBS>(c.word)), k.live.clone());

    // cold iff mark != call + 1 (forgery: a first access at the warm price, or a second one that publishes a later original).
    let step = c.mark.into() - c.call.into() - B::Expr::ONE;
    b.assert_bool(c.cold);
    b.assert_zero((B::Expr::ONE - k.live.clone()) * c.cold);
    b.assert_zero((k.live.clone() - c.cold.into()) * step.clone());
    b.assert_zero(c.cold * (step * c.mark_inverse - B::Expr::ONE));
    b.assert_zero(c.cold_store.into() - k.stores.clone() * c.cold);

    // A doomed frame's stores leave their undo record, others none (forgery: an effect of a reverted frame that stays).
    b.assert_zero(c.undone.into() - k.stores.clone() * c.doomed);
    bus::send(b, name::UNDO, message::<B, 3, LIMBS>([state.frame.into(), now, c.handle.into()], exprs::<B, LIMBS>(c.old)), c.undone.into());
}

/// Which price a store pays.
fn price<B: ChipBuilder>(b: &mut B, c: &StorageCols<B::Var>, k: &Kinds<B::Expr>, rules: &Rules) {
    // old = 0 or not: sums of limbs are below 2^20 and cannot wrap (forgery: 5000 for 20000 and the reverse).
    b.assert_zero(k.create.clone() * sum::<B>(&c.old));
    b.assert_zero(k.update.clone() * (sum::<B>(&c.old) * c.old_inverse - B::Expr::ONE));
    if !rules.net {
        // Yellow Paper: 20000 iff old = 0 and new != 0; `unchanged` writes 0 (forgery: 5000 for the first word of a slot).
        b.assert_zero(c.dirty);
        b.assert_zero(k.unchanged.clone() * sum::<B>(&c.word));
        b.assert_zero(k.create.clone() * (distance::<B>(&c.weights, &c.old, &c.word) - B::Expr::ONE));
        return;
    }
    let clean = k.create.clone() + k.update.clone();
    for (i, original) in c.original.into_iter().enumerate() {
        // `unchanged`: old = new (forgery: a change at the price of none).
        b.assert_zero(k.unchanged.clone() * (c.old[i].into() - c.word[i]));
        // A clean slot holds its original value, and so does one at the call's first access (forgery: another original than the call found;
        // the full price for a slot paid for before).
        b.assert_zero((clean.clone() + c.cold) * (c.old[i].into() - original));
    }
    // `dirty`: old != original; clean: old != new (forgery: the price of a dirty slot for a clean one; the full price for no change).
    b.assert_zero(k.dirty.clone() * (distance::<B>(&c.weights, &c.old, &c.original) - B::Expr::ONE));
    b.assert_zero(clean.clone() * (distance::<B>(&c.weights, &c.old, &c.word) - B::Expr::ONE));

    // The first access provides the original, others look it up where the price depends on it (forgery: an original made up by a warm row, which
    // could be neither provided (uses = 0 unless cold) nor left out (asks)).
    b.assert_zero((B::Expr::ONE - c.cold.into()) * c.original_uses);
    b.assert_zero(c.asks.into() - (clean + k.dirty.clone()) * (B::Expr::ONE - c.cold.into()));
    let original = message::<B, 2, LIMBS>([c.call.into(), c.handle.into()], exprs::<B, LIMBS>(c.original));
    // At most one of the two terms of the count is not 0; what is provided is free, what is asked at most 1.
    b.push_interaction(name::ORIGINAL, original, Count::bounded(c.asks.into() - c.original_uses.into(), 1));
}

/// Gas left > 2300 for stores, or the trap (ISA 3.5).
fn sentry<B: ChipBuilder>(b: &mut B, c: &StorageCols<B::Var>, k: &Kinds<B::Expr>, rules: &Rules) {
    if !rules.sentry {
        // No such rule (forgery: a halt without reason).
        b.assert_zero(c.trap);
        return;
    }
    // Each store of a frame without the flag proves one of two things (forgery: a store in the last 2300 gas).
    for flag in [c.ample, c.tight, c.negative] {
        b.assert_bool(flag);
    }
    b.assert_zero(c.ample.into() + c.tight - k.stores.clone() * (B::Expr::ONE - c.sentry.into()));
    b.assert_zero((B::Expr::ONE - k.trap.clone()) * c.negative);
    let mut left = vec![c.state.frame.into(), c.state.gas.into() + c.charge, c.state.words.into(), c.negative.into()];
    left.extend(exprs::<B, 4>(c.left));
    bus::query(b, name::GAS_LEFT, left, c.ample.into() + c.tight + k.trap.clone());

    // Limbs are the gas chip's, so their sum cannot wrap; the margin is looked up, so limb 0 - 2301 or 2300 - limb 0 is not negative (no wrap:
    // both are between -2^16 and 2^16). Forgery: `ample` with gas left below 2^16; a trap with gas left above 2300.
    let high = sum::<B>(&c.left[1..]);
    b.assert_zero(c.ample * (high.clone() * c.left_inverse - B::Expr::ONE));
    b.assert_zero(c.tight * (c.left[0].into() - c.margin - int::<B>(STIPEND + 1)));
    let low = k.trap.clone() - c.negative;
    b.assert_zero(low.clone() * high);
    b.assert_zero(low.clone() * (c.left[0].into() + c.margin - int::<B>(STIPEND)));
    bus::range16(b, c.margin.into(), low + c.tight);
}
