use p3_air::{Air, BaseAir, WindowAccess};
use p3_field::PrimeCharacteristicRing;

use super::columns::{CompareCols, KINDS, Kind, Test};
use crate::bus::{self, ChipBuilder, F, int};
use crate::columns::LIMBS;

/// Constraints of the comparisons.
#[derive(Clone, Copy, Debug, Default)]
pub struct CompareAir;

impl BaseAir<F> for CompareAir {
    fn width(&self) -> usize {
        CompareCols::<F>::WIDTH
    }
    fn main_next_row_columns(&self) -> Vec<usize> {
        vec![]
    }
    fn max_constraint_degree(&self) -> Option<usize> {
        Some(3)
    }
}

/// Sum of the flags of some instructions, each times a number.
fn sum<B: ChipBuilder>(row: &CompareCols<B::Var>, weight: impl Fn(&Kind) -> u32) -> B::Expr {
    KINDS.iter().zip(row.flags).filter(|(kind, _)| weight(kind) != 0).map(|(kind, flag)| flag.into() * int::<B>(weight(kind))).sum()
}

impl<B: ChipBuilder> Air<B> for CompareAir {
    fn eval(&self, b: &mut B) {
        let main = b.main();
        let row: &CompareCols<B::Var> = CompareCols::view(main.current_slice());
        let one = || B::Expr::ONE;

        // A row that is two instructions at once, or a fraction of one.
        for flag in row.flags {
            b.assert_bool(flag);
        }
        let real = sum::<B>(row, |_| 1);
        b.assert_bool(real.clone());
        let branch = sum::<B>(row, |kind| kind.branch.into());
        let binary = sum::<B>(row, |kind| (!kind.unary).into());
        let unary = sum::<B>(row, |kind| kind.unary.into());
        let signed = sum::<B>(row, |kind| kind.signed.into());

        // A result given by a row that is not real, or under a branch's identifier.
        b.assert_zero((one() - (real.clone() - branch.clone())) * row.uses.into());

        let region: B::Expr = row.state.region.into();
        bus::read_operand(b, &row.a, region.clone(), real.clone());
        bus::read_operand(b, &row.b, region.clone(), binary);
        // A comparison with something else where the instruction compares with zero (no wire is read there).
        for limb in row.b.limbs {
            b.assert_zero(unary.clone() * limb.into());
        }

        let (differ, less) = compare(b, row, real.clone(), signed);

        // A condition that the comparison does not give. `differ` and `less` are boolean and `less` implies `differ`, so each case is boolean.
        let case = |test: Test| sum::<B>(row, |kind| (kind.test == test).into());
        let holds = case(Test::Equal) * (one() - differ.clone())
            + case(Test::Differ) * differ.clone()
            + case(Test::Less) * less.clone()
            + case(Test::Greater) * (differ - less.clone())
            + case(Test::NotLess) * (one() - less);
        b.assert_zero(row.holds.into() - holds);
        // A jump against the condition, or to a place that is neither the target nor id + 1.
        let id: B::Expr = row.state.id.into();
        let fall = id.clone() + branch.clone();
        b.assert_zero(row.next.into() - fall.clone() - row.holds.into() * (row.target.into() - fall));

        let constants = [row.a.constant.into(), row.b.constant.into(), B::Expr::ZERO];
        let fields = [row.a.id.into(), row.b.id.into(), row.target.into()];
        bus::fetch(b, id.clone(), sum::<B>(row, |kind| kind.op.into()), constants, fields, row.charge.into(), real);
        bus::enter(b, &row.state, branch.clone());
        bus::leave(b, &row.state, row.next.into(), region.clone(), row.state.gas.into() + row.charge.into(), row.state.words.into(), branch);
        let result = core::array::from_fn(|i| if i == 0 { row.holds.into() } else { B::Expr::ZERO });
        bus::give_wire(b, region, id, result, row.uses.into());
    }
}

/// Constrains the comparison of a and b and returns (a != b, a < b).
fn compare<B: ChipBuilder>(b: &mut B, row: &CompareCols<B::Var>, real: B::Expr, signed: B::Expr) -> (B::Expr, B::Expr) {
    let one = || B::Expr::ONE;
    let (sign_a, sign_b): (B::Expr, B::Expr) = (row.sign_a.into(), row.sign_b.into());
    // A wrong sign: boolean, 0 where unsigned; the rest of the top limb has 15 bits (a wrong sign leaves it negative or above 2^15: doubled, outside the table).
    for (sign, operand) in [(sign_a.clone(), &row.a), (sign_b.clone(), &row.b)] {
        b.assert_zero(sign.clone() * (signed.clone() - sign.clone()));
        bus::range16(b, (operand.limbs[LIMBS - 1].into() - sign * int::<B>(1 << 15)) * int::<B>(2), signed.clone());
    }

    // Two marks, or a fraction of one.
    for mark in row.marks {
        b.assert_bool(mark);
    }
    let differ: B::Expr = row.marks.iter().map(|&mark| mark.into()).sum();
    b.assert_bool(differ.clone());

    // A mark below the first difference, or none where the words differ: unmarked limbs above the mark are equal. `difference` = b_i - a_i at the mark.
    let mut unseen = one();
    let mut difference = B::Expr::ZERO;
    for i in (0..LIMBS).rev() {
        let delta = row.b.limbs[i].into() - row.a.limbs[i].into();
        unseen -= row.marks[i].into();
        b.assert_zero(unseen.clone() * delta.clone());
        let delta = if i == LIMBS - 1 { delta - (sign_b.clone() - sign_a.clone()) * int::<B>(1 << 16) } else { delta };
        difference += row.marks[i].into() * delta;
    }

    // `less` where the words are equal.
    let less: B::Expr = row.less.into();
    b.assert_bool(row.less);
    b.assert_zero(less.clone() * (one() - differ.clone()));
    // A mark at equal limbs, or `less` against the difference: |difference| < 2^16 and gap + 1 in 1 ..= 2^16, so the equation holds over the integers.
    b.assert_zero((less.clone().double() - one()) * difference - row.gap.into() - differ.clone());
    bus::range16(b, row.gap.into(), real);
    (differ, less)
}
