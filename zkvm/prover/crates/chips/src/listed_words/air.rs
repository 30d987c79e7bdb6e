use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;
use sol2zk_executor::isa;

use super::ListedWordsCols;
use crate::bus::{self, ChipBuilder, F, int, name, tag};
use crate::columns::LIMBS;

/// The listed words chip.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListedWordsAir;

impl BaseAir<F> for ListedWordsAir {
    fn width(&self) -> usize {
        ListedWordsCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

impl<B: ChipBuilder> Air<B> for ListedWordsAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row = ListedWordsCols::view(main.current_slice());
        let (one, two): (B::Expr, B::Expr) = (row.is_one.into(), row.is_two.into());
        let real = one.clone() + two.clone();
        // One instruction a row (forgery: a row that takes an entry's rows a negative number of times, and so gives them).
        b.assert_bool(row.is_one);
        b.assert_bool(row.is_two);
        b.assert_bool(real.clone());
        let op = one.clone() * int::<B>(isa::HASH1.into()) + two.clone() * int::<B>(isa::HASH2.into());
        let constants = [row.a.constant.into(), row.b.constant.into(), B::Expr::ZERO];
        bus::fetch(b, row.id.into(), op, constants, [row.a.id.into(), row.b.id.into(), B::Expr::ZERO], B::Expr::ZERO, real.clone());
        bus::read_operand(b, &row.a, row.region.into(), real.clone());
        bus::read_operand(b, &row.b, row.region.into(), two.clone());

        // The digest of the entry whose message is 32 or 64 bytes long (forgery: that of a longer message which begins so).
        let entry: B::Expr = row.entry.into();
        let length = one * int::<B>(32) + two.clone() * int::<B>(64);
        let digest = bus::message::<B, 3, LIMBS>([int::<B>(tag::DIGEST), entry.clone(), length], bus::exprs::<B, LIMBS>(row.result));
        bus::receive(b, name::CLAIM, digest, real.clone());
        // Its words are the operands (forgery: the digest of other words). The digest's limbs are the claim's, so they are limbs.
        for (k, (operand, count)) in [(&row.a, real.clone()), (&row.b, two)].into_iter().enumerate() {
            let head = [int::<B>(tag::CHUNK), entry.clone(), int::<B>(k as u32)];
            bus::receive(b, name::CLAIM, bus::message::<B, 3, LIMBS>(head, bus::exprs::<B, LIMBS>(operand.limbs)), count);
        }
        // Padding gives nothing (forgery: a wire of no instruction).
        b.assert_zero((B::Expr::ONE - real) * row.uses.into());
        bus::give_wire(b, row.region.into(), row.id.into(), bus::exprs::<B, LIMBS>(row.result), row.uses.into());
    }
}
