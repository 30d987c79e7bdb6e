use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{CompareAir, CompareCols, CompareRows, KINDS, Test};
use crate::bus::{F, name};
use crate::columns::LIMBS;
use crate::evaluate::{Balance, evaluate};
use crate::testing::{Mock, Seeded, edges, forged_row, numbers, padding_rejects, shape, stopped_though_believed};

/// The condition of an instruction, by ruint.
fn condition(op: u16, a: U256, b: U256) -> bool {
    let sign = U256::ONE << 255usize;
    let (signed_a, signed_b) = (a ^ sign, b ^ sign);
    match op {
        isa::LT | isa::BLT => a < b,
        isa::GT => a > b,
        isa::SLT | isa::BSLT => signed_a < signed_b,
        isa::SGT => signed_a > signed_b,
        isa::EQ | isa::BEQ => a == b,
        isa::ISZERO | isa::BZ => a == U256::ZERO,
        isa::BNZ => a != U256::ZERO,
        isa::BNE => a != b,
        isa::BGE => a >= b,
        isa::BSGE => signed_a >= signed_b,
        _ => panic!("not a comparison"),
    }
}

fn push(mock: &mut Mock, rows: &mut CompareRows, op: u16, a: U256, b: U256) {
    let kind = KINDS.iter().find(|kind| kind.op == op).expect("a comparison");
    let words = if kind.unary { vec![a] } else { vec![a, b] };
    let holds = condition(op, a, if kind.unary { U256::ZERO } else { b });
    if kind.branch {
        let target = mock.fresh_id() + 5000;
        let step = mock.chained(op, &words, target, 13, |step| {
            if holds {
                step.next = target;
            }
        });
        rows.push(&step, &mut mock.context);
    } else {
        let step = mock.pure(op, &words, U256::from(holds));
        rows.push_pure(&step, &mut mock.context);
    }
}

/// Every instruction on each pair.
fn table(pairs: &[(U256, U256)]) -> (Mock, RowMajorMatrix<F>) {
    let (mut mock, mut rows) = (Mock::new(), CompareRows::default());
    for &(a, b) in pairs {
        for kind in KINDS {
            push(&mut mock, &mut rows, kind.op, a, b);
        }
    }
    (mock, rows.finish().expect("rows"))
}

#[test]
fn edges_and_random_words_compare_as_ruint_says() {
    let mut pairs: Vec<_> = edges().into_iter().flat_map(|a| edges().into_iter().map(move |b| (a, b))).collect();
    let mut seeded = Seeded::new(1);
    for _ in 0..300 {
        let (a, b) = (seeded.word(), seeded.word());
        pairs.extend([(a, b), (a, a), (a, a ^ (U256::ONE << seeded.below(256) as usize))]);
    }
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("compare", &CompareAir, &table), None);
}

#[test]
fn shape_is_as_stated() {
    let shape = shape(&CompareAir);
    assert_eq!((shape.columns, shape.interactions, shape.fields), (83, 9, 75));
}

#[test]
fn each_cell_matters() {
    let word = |limb: u64| U256::from(limb) << 240usize;
    let pairs = [(U256::from(5), U256::from(7)), (word(0x8000), word(0x7fff)), (word(1), word(1))];
    let (mock, table) = table(&pairs);
    assert_eq!(mock.check("compare", &CompareAir, &table), None);
    let width = CompareCols::<F>::WIDTH;
    let numbers = numbers(width);
    let columns = CompareCols::view(&numbers);
    let state = [columns.state.frame, columns.state.clk, columns.state.gas, columns.state.words];
    for (row, column) in mock.accepted("compare", &CompareAir, &table, 0..KINDS.len() * pairs.len()) {
        // A pure row has no state: no message carries these columns.
        assert!(!KINDS[row % KINDS.len()].branch && state.contains(&column), "row {row}: column {column} is free");
    }
}

#[test]
fn rows_that_are_not_real_give_nothing() {
    let numbers = numbers(CompareCols::<F>::WIDTH);
    assert!(padding_rejects(&CompareAir, CompareCols::view(&numbers).uses));
}

fn index(op: u16) -> usize {
    KINDS.iter().position(|kind| kind.op == op).expect("a comparison")
}

/// What the comparison gives, and the place of a branch, as the row's other cells ask for.
fn fit(c: &mut CompareCols<F>) {
    let differ = c.marks.into_iter().sum::<F>();
    let case = |test: Test| KINDS.iter().zip(c.flags).filter(|(kind, _)| kind.test == test).map(|(_, flag)| flag).sum::<F>();
    c.holds = case(Test::Equal) * (F::ONE - differ)
        + case(Test::Differ) * differ
        + case(Test::Less) * c.less
        + case(Test::Greater) * (differ - c.less)
        + case(Test::NotLess) * (F::ONE - c.less);
    go(c);
}

/// The place of a branch, as `holds` says.
fn go(c: &mut CompareCols<F>) {
    let branch = KINDS.iter().zip(c.flags).filter(|(kind, _)| kind.branch).map(|(_, flag)| flag).sum::<F>();
    let fall = c.state.id + branch;
    c.next = fall + c.holds * (c.target - fall);
}

/// What stops the row of an instruction on words of the given limbs, edited, if others believe each message.
fn stopped(op: u16, a: &[(usize, u16)], b: &[(usize, u16)], edit: impl FnOnce(&mut CompareCols<F>)) -> Vec<String> {
    let [a, b] = [a, b].map(|limbs| limbs.iter().map(|&(i, limb)| U256::from(limb) << (16 * i)).sum());
    let (_, honest) = table(&[(a, b)]);
    stopped_though_believed("compare", &CompareAir, &forged_row(&honest, index(op), |cells| edit(CompareCols::view_mut(cells))))
}

/// The same, with what the row's other cells ask for.
fn fitted(op: u16, a: &[(usize, u16)], b: &[(usize, u16)], edit: impl FnOnce(&mut CompareCols<F>)) -> Vec<String> {
    stopped(op, a, b, |c| {
        edit(c);
        fit(c);
    })
}

/// Of each constraint on the row and its operands a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_row_is_needed() {
    let (a, b) = (&[(0, 5)], &[]);
    for kind in KINDS {
        assert_eq!(fitted(kind.op, a, b, |_| ()), [""; 0]);
    }
    // two instructions less a third: a row with the code of another one. (Signed ones weigh each other out.)
    for (op, others) in [
        (isa::LT, [isa::GT, isa::EQ]),
        (isa::GT, [isa::LT, isa::EQ]),
        (isa::SLT, [isa::SGT, isa::LT]),
        (isa::SGT, [isa::SLT, isa::LT]),
        (isa::EQ, [isa::LT, isa::GT]),
        (isa::ISZERO, [isa::LT, isa::EQ]),
        (isa::BNZ, [isa::LT, isa::BZ]),
        (isa::BZ, [isa::LT, isa::BNZ]),
        (isa::BEQ, [isa::LT, isa::BNE]),
        (isa::BNE, [isa::LT, isa::BEQ]),
        (isa::BLT, [isa::LT, isa::BGE]),
        (isa::BGE, [isa::LT, isa::BLT]),
        (isa::BSLT, [isa::LT, isa::BSGE]),
        (isa::BSGE, [isa::LT, isa::BSLT]),
    ] {
        let sum = |c: &mut CompareCols<F>| {
            c.flags = [F::ZERO; KINDS.len()];
            c.flags[index(op)] = -F::ONE;
            others.into_iter().for_each(|other| c.flags[index(other)] = F::ONE);
        };
        assert_eq!(fitted(isa::LT, a, b, sum), [index(op).to_string()]);
    }
    // a branch that gives a word as well
    assert_eq!(fitted(isa::BLT, a, b, |c| (c.flags[index(isa::LT)], c.uses) = (F::ONE, F::ONE)), ["14"]);
    // a word under a branch's identifier, and from a row that is no instruction
    assert_eq!(fitted(isa::BLT, a, b, |c| c.uses = F::ONE), ["15"]);
    assert_eq!(fitted(isa::LT, a, b, |c| c.flags = [F::ZERO; KINDS.len()]), ["15"]);
    // a wire where the instruction has a constant, and the other way round; the wire of another region
    assert_eq!(fitted(isa::LT, a, b, |c| (c.a.constant, c.a.time) = (F::TWO, -c.state.region)), ["16"]);
    assert_eq!(fitted(isa::LT, a, b, |c| c.a.time += F::ONE), ["17"]);
    assert_eq!(fitted(isa::LT, a, b, |c| (c.b.constant, c.b.time) = (-F::ONE, c.state.region.double())), ["18"]);
    assert_eq!(fitted(isa::LT, a, b, |c| c.b.time += F::ONE), ["19"]);
    // a word compared with itself in place of zero
    for op in [isa::ISZERO, isa::BNZ, isa::BZ] {
        for i in 0..LIMBS {
            let itself = |c: &mut CompareCols<F>| {
                (c.b.limbs, c.marks, c.less, c.gap) = (c.a.limbs, [F::ZERO; LIMBS], F::ZERO, F::ZERO);
            };
            assert_eq!(fitted(op, &[(i, 5)], &[], itself), [(20 + i).to_string()]);
        }
    }
    // a condition that the comparison does not give, a jump to nowhere
    for kind in KINDS {
        let turn = |c: &mut CompareCols<F>| {
            c.holds = F::ONE - c.holds;
            go(c);
        };
        assert_eq!(stopped(kind.op, a, b, turn), ["74"]);
        assert_eq!(stopped(kind.op, a, b, |c| c.next += F::ONE), ["75"]);
    }
}

/// Of each constraint on a sign and its look-up a wrong comparison that nothing else stops.
#[test]
fn each_sign_is_needed() {
    let less = |c: &mut CompareCols<F>, less: bool, gap: u16| (c.less, c.gap) = (F::from_bool(less), F::from_u16(gap));
    for op in [isa::LT, isa::GT, isa::BLT, isa::BGE] {
        // words without signs: 5 < 3 as -(2^16 - 5) < 3, 3 >= 5 as 3 >= -(2^16 - 5)
        let a = |c: &mut CompareCols<F>| {
            c.sign_a = F::ONE;
            less(c, true, 0xfffd);
        };
        assert_eq!(fitted(op, &[(15, 5)], &[(15, 3)], a), ["36"]);
        let b = |c: &mut CompareCols<F>| {
            c.sign_b = F::ONE;
            less(c, false, 0xfffd);
        };
        assert_eq!(fitted(op, &[(15, 3)], &[(15, 5)], b), ["37"]);
    }
    for op in [isa::SLT, isa::SGT, isa::BSLT, isa::BSGE] {
        // a sign that takes the whole limb away, as a fraction of 2^15: what remains is 0, the limb counts as its negative
        let part = F::from_u8(5) / F::from_u16(1 << 15);
        let a = |c: &mut CompareCols<F>| {
            c.sign_a = part;
            less(c, true, 7);
        };
        assert_eq!(fitted(op, &[(15, 5)], &[(15, 3)], a), ["36"]);
        let b = |c: &mut CompareCols<F>| {
            c.sign_b = part;
            less(c, false, 7);
        };
        assert_eq!(fitted(op, &[(15, 3)], &[(15, 5)], b), ["37"]);
        // a sign that is not seen, one that is not there
        let unsigned = |c: &mut CompareCols<F>| {
            (c.sign_a, c.sign_b) = (F::ZERO, F::ZERO);
            c.less = F::ONE - c.less;
            c.gap = F::from_u16(0x8000 - 1);
        };
        assert_eq!(fitted(op, &[(15, 0x8000)], &[(0, 0)], unsigned), ["range"]);
        assert_eq!(fitted(op, &[(0, 0)], &[(15, 0x8000)], unsigned), ["range"]);
        let a = |c: &mut CompareCols<F>| {
            c.sign_a = F::ONE;
            less(c, true, 0xfffd);
        };
        assert_eq!(fitted(op, &[(15, 5)], &[(15, 3)], a), ["range"]);
        let b = |c: &mut CompareCols<F>| {
            c.sign_b = F::ONE;
            less(c, false, 0xfffd);
        };
        assert_eq!(fitted(op, &[(15, 3)], &[(15, 5)], b), ["range"]);
    }
}

/// Of each constraint on the marks a wrong comparison that nothing else stops. (That the top limb's mark is a bit follows: limbs above the last mark are equal.)
#[test]
fn each_mark_is_needed() {
    let [one, no] = [F::ONE, F::ZERO];
    for op in [isa::LT, isa::GT, isa::BLT, isa::BGE] {
        // 1 < 2 though the sum of the differences at the marks is less than 0: a mark of -1 between two, or below them
        for i in 1..LIMBS - 1 {
            let marks = |c: &mut CompareCols<F>| {
                (c.marks[i + 1], c.marks[i], c.marks[i - 1]) = (one, -one, one);
                (c.less, c.gap) = (no, F::from_u8(3));
            };
            assert_eq!(fitted(op, &[(i + 1, 1), (i - 1, 5)], &[(i + 1, 2)], marks), [(38 + i).to_string()]);
        }
        let below = |c: &mut CompareCols<F>| {
            (c.marks[2], c.marks[1], c.marks[0]) = (one, one, -one);
            (c.less, c.gap) = (no, F::from_u8(3));
        };
        assert_eq!(fitted(op, &[(2, 1)], &[(2, 2), (0, 5)], below), ["38"]);
    }
    // words that differ twice: an equality of -1, a jump twice as far
    for op in [isa::EQ, isa::BEQ, isa::BNE] {
        let twice = |c: &mut CompareCols<F>| (c.marks[0], c.gap) = (one, c.gap - one);
        assert_eq!(fitted(op, &[(1, 5)], &[(1, 1)], twice), ["54"]);
    }
    for i in 0..LIMBS {
        let ordinal = [(55 + LIMBS - 1 - i).to_string()];
        // words that differ taken for equal
        let equal = |c: &mut CompareCols<F>| (c.marks, c.less, c.gap) = ([no; LIMBS], no, no);
        for op in [isa::EQ, isa::BEQ, isa::BNE, isa::BGE, isa::BSGE] {
            assert_eq!(fitted(op, &[(i, 3)], &[(i, 5)], equal), ordinal);
        }
        // a difference below the first
        for op in [isa::LT, isa::GT, isa::BLT, isa::BGE].into_iter().filter(|_| i > 0) {
            let below = |c: &mut CompareCols<F>| {
                (c.marks[i], c.marks[i - 1]) = (no, one);
                (c.less, c.gap) = (no, F::from_u8(4));
            };
            assert_eq!(fitted(op, &[(i, 3), (i - 1, 5)], &[(i, 5)], below), ordinal);
        }
    }
}

/// Of each constraint on `less` and the gap's look-up a wrong comparison that nothing else stops.
#[test]
fn each_constraint_on_the_difference_is_needed() {
    for op in [isa::LT, isa::GT, isa::BLT, isa::BGE, isa::SLT, isa::SGT, isa::BSLT, isa::BSGE] {
        let less = |a: u16, b: u16, less: u8, gap: i32| fitted(op, &[(3, a)], &[(3, b)], |c| (c.less, c.gap) = (F::from_u8(less), F::from_i32(gap)));
        assert_eq!(less(3, 5, 1, 1), [""; 0]);
        // a word 5 from 3 < 5
        assert_eq!(less(3, 5, 5, 17), ["71"]);
        // 3 < 3
        assert_eq!(less(3, 3, 1, 0), ["72"]);
        // 5 < 3 and 3 >= 5, with the gap as it is and with one that fits
        assert_eq!(less(5, 3, 1, 1), ["73"]);
        assert_eq!(less(3, 5, 0, 1), ["73"]);
        assert_eq!(less(5, 3, 1, -3), ["range"]);
        assert_eq!(less(3, 5, 0, -3), ["range"]);
    }
    // equal words that differ
    for op in [isa::EQ, isa::BEQ, isa::BNE] {
        assert_eq!(fitted(op, &[(3, 3)], &[(3, 3)], |c| (c.marks[3], c.gap) = (F::ONE, -F::ONE)), ["range"]);
    }
}

/// What stops the row of other words or of another instruction, whose result and next state others want.
fn stopped_by_others(op: u16, holds: bool, dressed: u16, words: [u64; 2]) -> Vec<String> {
    let (mut mock, mut rows) = (Mock::new(), CompareRows::default());
    let (honest, words) = ([5, 7].map(U256::from), words.map(U256::from));
    if KINDS[index(op)].branch {
        let target = mock.fresh_id() + 5000;
        let mut step = mock.chained(op, &honest, target, 13, |step| step.next = if holds { target } else { step.next });
        (step.op, step.operands[0], step.operands[1]) = (dressed, words[0], words[1]);
        rows.push(&step, &mut mock.context);
    } else {
        let mut step = mock.pure(op, &honest, U256::from(holds));
        (step.op, step.operands[0], step.operands[1]) = (dressed, words[0], words[1]);
        rows.push_pure(&step, &mut mock.context);
    }
    mock.causes("compare", &CompareAir, &rows.finish().expect("rows")).into_iter().collect()
}

/// The comparison of other words than the wires have, or another comparison, though others believe it.
#[test]
fn the_words_and_the_op_are_the_instruction_s() {
    for (op, other) in [(isa::LT, isa::GT), (isa::BLT, isa::BGE)] {
        assert_eq!(stopped_by_others(op, true, op, [5, 7]), [""; 0]);
        assert_eq!(stopped_by_others(op, false, op, [8, 7]), ["wire"]);
        assert_eq!(stopped_by_others(op, false, op, [5, 4]), ["wire"]);
        assert_eq!(stopped_by_others(op, false, other, [5, 7]), ["rom"]);
    }
}

/// A pure row dressed as the branch of the same comparison, and the other way round: the instruction's op decides, though others believe all else.
#[test]
fn a_pure_row_cannot_move_the_machine() {
    let (mock, table) = table(&[(U256::from(5), U256::from(7))]);
    let stopped = |from: u16, to: u16, uses: F| {
        let forged = forged_row(&table, index(from), |cells| {
            let columns = CompareCols::view_mut(cells);
            columns.flags[index(from)] = F::ZERO;
            (columns.flags[index(to)], columns.uses) = (F::ONE, uses);
            go(columns);
        });
        let mut said = Balance::new();
        assert_eq!(evaluate("compare", &CompareAir, &forged, &mut said), None);
        said.retain(|(bus, _), _| bus == name::WIRE || bus == name::CHAIN);
        let mut others = Mock::new();
        others.context.rom = mock.context.rom.clone();
        others.owe_all(&said.into_iter().map(|(message, count)| (message, -count)).collect());
        others.causes("compare", &CompareAir, &forged).into_iter().collect::<Vec<_>>()
    };
    for (pure, branch) in [(isa::LT, isa::BLT), (isa::ISZERO, isa::BZ)] {
        assert_eq!(stopped(pure, pure, F::ONE), [""; 0]);
        assert_eq!(stopped(pure, branch, F::ZERO), ["rom"]);
        assert_eq!(stopped(branch, pure, F::ONE), ["rom"]);
    }
}
