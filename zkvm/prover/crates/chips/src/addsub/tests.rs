use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{AddSubAir, AddSubCols, AddSubRows};
use crate::bus::F;
use crate::columns::LIMBS;
use crate::testing::{Mock, Seeded, edges, forged_row, numbers, padding_rejects, shape, stopped_though_believed};
use crate::word::limbs;

fn table(pairs: &[(U256, U256)]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows) = (Mock::new(), AddSubRows::default());
    for &(a, b) in pairs {
        for (op, result) in [(isa::ADD, a.wrapping_add(b)), (isa::SUB, a.wrapping_sub(b))] {
            let step = mock.pure(op, &[a, b], result);
            rows.push(&step, &mut mock.context);
        }
    }
    (mock, rows.finish().expect("rows"))
}

#[test]
fn edges_and_random_words_add_as_ruint_says() {
    let mut pairs: Vec<_> = edges().into_iter().flat_map(|a| edges().into_iter().map(move |b| (a, b))).collect();
    let mut seeded = Seeded::new(2);
    pairs.extend((0..600).map(|_| (seeded.word(), seeded.word())));
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("addsub", &AddSubAir, &table), None);
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&AddSubAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (59, 20, 76));
}

#[test]
fn each_cell_matters() {
    let mut seeded = Seeded::new(3);
    let (mock, table) = table(&[(U256::MAX, U256::ONE), (U256::from(5), U256::from(7)), (seeded.random(), seeded.random())]);
    assert_eq!(mock.check("addsub", &AddSubAir, &table), None);
    assert!(mock.accepted("addsub", &AddSubAir, &table, 0..6).is_empty());
}

#[test]
fn rows_that_are_not_real_give_nothing() {
    let numbers = numbers(AddSubCols::<F>::WIDTH);
    assert!(padding_rejects(&AddSubAir, AddSubCols::view(&numbers).uses));
}

/// What stops the row of an ADD (0) or a SUB (1), edited, if others believe each message. In each limb the sum carries and the difference does not.
fn stopped(row: usize, edit: impl FnOnce(&mut AddSubCols<F>)) -> Vec<String> {
    let [a, b] = [0x9000, 0x8800].map(|limb| U256::MAX / U256::from(0xffff) * U256::from(limb));
    let (_, honest) = table(&[(a, b)]);
    stopped_though_believed("addsub", &AddSubAir, &forged_row(&honest, row, |cells| edit(AddSubCols::view_mut(cells))))
}

/// Of each constraint on the row and its operands a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_row_is_needed() {
    let both = |c: &mut AddSubCols<F>, add: F, sub: F| (c.add, c.sub, c.b.limbs, c.result) = (add, sub, limbs(U256::ZERO), c.a.limbs);
    for row in 0..2 {
        assert_eq!(stopped(row, |_| ()), [""; 0]);
        // a row that is an SDIV, its code being 2 SUB - ADD: a word divided by 0 stays as it is. (Either flag is a bit if the other and their sum are.)
        assert_eq!(stopped(row, |c| both(c, -F::ONE, F::TWO)), ["0", "1"]);
        // an ADD that is a SUB
        let two = |c: &mut AddSubCols<F>| {
            both(c, F::ONE, F::ONE);
            c.uses = F::ZERO;
        };
        assert_eq!(stopped(row, two), ["2"]);
        // a word from a row that is no instruction
        assert_eq!(stopped(row, |c| (c.add, c.sub) = (F::ZERO, F::ZERO)), ["3"]);
        // a wire where the instruction has a constant, and the other way round; the wire of another region
        assert_eq!(stopped(row, |c| (c.a.constant, c.a.time) = (F::TWO, -c.region)), ["4"]);
        assert_eq!(stopped(row, |c| c.a.time += F::ONE), ["5"]);
        assert_eq!(stopped(row, |c| (c.b.constant, c.b.time) = (-F::ONE, c.region.double())), ["6"]);
        assert_eq!(stopped(row, |c| c.b.time += F::ONE), ["7"]);
    }
}

/// Of each limb's carry and range a wrong result that nothing else stops.
#[test]
fn each_limb_is_needed() {
    for row in 0..2 {
        for i in 0..LIMBS {
            let moved = |by: u32, up: F| {
                stopped(row, |c| {
                    c.result[i] += F::from_u32(by);
                    c.result.iter_mut().skip(i + 1).take(1).for_each(|next| *next += up);
                })
            };
            // a limb too large by 1, whose carry of 1 / 2^16 less the next limb makes up for: 1 / 2^16 is -0x7f00
            assert_eq!(moved(1, F::from_u16(0x7f00)), [(8 + 16 * row + i).to_string()]);
            // a limb too large by 2^16, with a carry that makes up for it
            assert_eq!(moved(1 << 16, -F::ONE), ["range"]);
        }
    }
}

/// The sum of other words than the wires have, or the difference, though its readers believe it.
#[test]
fn the_words_and_the_op_are_the_instruction_s() {
    let (a, b) = (U256::from(9), U256::from(4));
    let stopped = |result: u64, edit: fn(&mut AddSubCols<F>)| {
        let (mut mock, mut rows) = (Mock::new(), AddSubRows::default());
        let step = mock.pure(isa::ADD, &[a, b], U256::from(result));
        rows.push(&step, &mut mock.context);
        let forged = forged_row(&rows.finish().expect("rows"), 0, |cells| {
            let columns = AddSubCols::view_mut(cells);
            columns.result = limbs(step.result);
            edit(columns);
        });
        mock.causes("addsub", &AddSubAir, &forged).into_iter().collect::<Vec<_>>()
    };
    assert_eq!(stopped(13, |_| ()), [""; 0]);
    assert_eq!(stopped(14, |c| c.a.limbs[0] += F::ONE), ["wire"]);
    assert_eq!(stopped(14, |c| c.b.limbs[0] += F::ONE), ["wire"]);
    assert_eq!(stopped(5, |c| (c.add, c.sub) = (F::ZERO, F::ONE)), ["rom"]);
}
