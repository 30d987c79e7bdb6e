use p3_field::{Field, PrimeCharacteristicRing, PrimeField32};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;

use super::{PowerAir, PowerCols, PowerRows};
use crate::bus::{F, name};
use crate::evaluate::{Balance, evaluate};
use crate::mul::{MulAir, MulRows};
use crate::testing::{Mock, Seeded, edges, forged_row, numbers, padding_rejects, shape, stopped_though_believed};
use crate::word::{limbs, limbs16};

const WIDTH: usize = PowerCols::<F>::WIDTH;

fn bench(pairs: &[(U256, U256)]) -> (Mock, RowMajorMatrix<F>) {
    let mut mock = Mock::new();
    let (mut rows, mut products) = (PowerRows::default(), MulRows::default());
    for &(base, exponent) in pairs {
        let step = mock.pure(isa::EXP, &[base, exponent], base.wrapping_pow(exponent));
        rows.push(&step, &mut mock.context, &mut products);
    }
    let mut said = Balance::new();
    if let Some(table) = products.finish() {
        assert_eq!(evaluate("mul", &MulAir, &table, &mut said), None);
        said.retain(|(bus, _), _| bus == name::PRODUCT);
        // look-ups of the fixed tables are those of both chips: count the mul chip's apart
        let mut others = Mock::new();
        let mut again = MulRows::default();
        for row in table.values.chunks(table.width).filter(|row| row[0] == F::ONE) {
            let columns = crate::mul::MulCols::view(row);
            let [a, b] = [columns.a.limbs, columns.b.limbs]
                .map(|cells| cells.iter().rev().fold(U256::ZERO, |word, cell| word << 16_usize | U256::from(cell.as_canonical_u32())));
            again.product(a, b, &mut others.context);
        }
        for (value, count) in others.context.range {
            *mock.context.range.get_mut(&value).unwrap() -= count;
        }
        for (pair, count) in others.context.bytes {
            *mock.context.bytes.get_mut(&pair).unwrap() -= count;
        }
        mock.owe_all(&said);
    }
    (mock, rows.finish().unwrap())
}

#[test]
fn powers_are_as_ruint_says() {
    let mut seeded = Seeded::new(23);
    let mut pairs: Vec<_> = edges().into_iter().map(|base| (base, U256::from(5))).collect();
    pairs.extend(edges().into_iter().map(|exponent| (U256::from(3), exponent)));
    pairs.extend((0..10).map(|_| (seeded.word(), seeded.word())));
    pairs.extend([(10, 18), (0, 0), (0, 1), (1, 0), (2, 255), (2, 256)].map(|(a, b)| (U256::from(a), U256::from(b))));
    let (mock, table) = bench(&pairs);
    assert_eq!(mock.check("power", &PowerAir, &table), None);
}

#[test]
fn no_cell_but_unread_ones_can_be_changed() {
    let (mock, table) = bench(&[(U256::from(0x1_2345), U256::from(6)), (U256::MAX - U256::ONE, U256::from(0x1_0001))]);
    let rows = table.values.chunks(WIDTH).filter(|row| row[0] + row[1] == F::ONE).count();
    let numbers = numbers(WIDTH);
    let view = PowerCols::view(&numbers);
    for (row, column) in mock.accepted("power", &PowerAir, &table, 0..rows) {
        let cells = PowerCols::view(&table.values[row * WIDTH..(row + 1) * WIDTH]);
        // a row that is no instruction names none; exponent 0 has no half, and asks for no inverse
        let names = [view.id, view.region, view.base.id, view.exponent.id, view.base.time, view.exponent.time, view.base.constant, view.exponent.constant];
        let named = cells.instruction == F::ONE || !names.contains(&column);
        let halves = view.odd.into_iter().chain(view.root).chain(view.square).chain([view.inverse]).any(|unread| unread == column);
        assert!(!named || cells.zero == F::ONE && halves, "row {row}, column {column}");
    }
}

#[test]
fn rows_that_are_not_real_say_nothing() {
    let numbers = numbers(WIDTH);
    let view = PowerCols::view(&numbers);
    assert!([view.uses, view.powers, view.instruction, view.once].into_iter().all(|column| padding_rejects(&PowerAir, column)));
    println!("{:?}", shape(&PowerAir));
}

/// Exponent 0 as a row of the other kind would vouch for its own power: x = x^2 has the solution 0.
#[test]
fn exponent_zero_does_not_vouch_for_itself() {
    let base = U256::from(9);
    let mut cells = F::zero_vec(2 * WIDTH);
    let row = PowerCols::view_mut(&mut cells[..WIDTH]);
    (row.more, row.powers) = (F::ONE, F::ONE);
    row.base.limbs = limbs(base);
    let mut mock = Mock::new();
    mock.offer(name::PRODUCT, vec![0; 48], 1);
    assert!(mock.forged("power", &PowerAir, &RowMajorMatrix::new(cells.clone(), WIDTH)).is_some());
    // nor with exponent 1 and an odd bit that is not there: its half would be (1 - 0) / 2
    let row = PowerCols::view_mut(&mut cells[..WIDTH]);
    row.exponent.limbs[0] = F::ONE;
    row.inverse = F::ONE;
    assert!(mock.forged("power", &PowerAir, &RowMajorMatrix::new(cells, WIDTH)).is_some());
    assert_eq!(limbs16(base)[0], 9);
}

/// `base` to the power of `exponent` claimed to be `claimed`: the instruction's row and rows of the powers it asks for, each then edited.
struct Forgery {
    mock: Mock,
    rows: Vec<PowerCols<F>>,
}

impl Forgery {
    /// Rows by (exponent, root, square, result), limb 0 only, odd bits as they are; each answers the one before it, the first is the instruction.
    fn new(base: u64, claimed: u64, chain: &[[u64; 4]]) -> Self {
        let mut mock = Mock::new();
        let step = mock.pure(isa::EXP, &[U256::from(base), U256::from(chain[0][0])], U256::from(claimed));
        let mut rows = Vec::new();
        for (i, cells) in chain.iter().enumerate() {
            let mut blank = F::zero_vec(WIDTH);
            let row = PowerCols::view_mut(&mut blank);
            let [exponent, root, square, result] = cells.map(|cell| limbs(U256::from(cell)));
            (row.base.limbs, row.exponent.limbs) = (limbs(U256::from(base)), exponent);
            (row.root, row.square, row.result) = (root, square, result);
            row.zero = F::from_bool(cells[0] == 0);
            row.more = F::ONE - row.zero;
            row.odd[0] = F::from_u64(cells[0] & 1);
            row.once = row.odd[0];
            row.inverse = row.exponent.limbs[0].try_inverse().unwrap_or(F::ZERO);
            row.powers = F::from_bool(i > 0);
            if i == 0 {
                row.instruction = F::ONE;
                row.id = F::from_u32(step.id);
                row.region = F::from_u32(step.region);
                row.uses = mock.context.uses(step.region, step.id);
                mock.context.operand(&mut row.base, step.id, 0, step.region, step.operands[0]);
                mock.context.operand(&mut row.exponent, step.id, 1, step.region, step.operands[1]);
            }
            rows.push(*row);
        }
        let mut forgery = Self { mock, rows };
        for a in [0_u64, 1, 2, 4, 5, 9, 25, 81] {
            for b in [0_u64, 1, 5, 9] {
                forgery.product(a, b);
            }
            forgery.product(a, a);
        }
        forgery
    }

    /// A true entry of PRODUCT.
    fn product(&mut self, a: u64, b: u64) {
        let message = [U256::from(a), U256::from(b), U256::from(a) * U256::from(b)].into_iter().flat_map(|word| limbs16(word).map(u32::from)).collect();
        self.mock.offer(name::PRODUCT, message, 1);
    }

    fn stopped_by(&self) -> Vec<String> {
        let mut cells = F::zero_vec(self.rows.len().next_power_of_two().max(2) * WIDTH);
        for (row, forged) in self.rows.iter().enumerate() {
            *PowerCols::view_mut(&mut cells[row * WIDTH..(row + 1) * WIDTH]) = *forged;
        }
        self.mock.causes("power", &PowerAir, &RowMajorMatrix::new(cells, WIDTH)).into_iter().collect()
    }
}

/// Of each constraint on the power a forgery that nothing else stops.
#[test]
fn each_constraint_on_the_power_is_needed() {
    // honest rows are stopped by nothing
    assert_eq!(Forgery::new(9, 81, &[[2, 9, 81, 81], [1, 1, 1, 9], [0, 0, 0, 1]]).stopped_by(), [""; 0]);
    // an exponent that is not 0 taken for 0
    let mut zero = Forgery::new(9, 1, &[[5, 0, 0, 1]]);
    (zero.rows[0].zero, zero.rows[0].more, zero.rows[0].once) = (F::ONE, F::ZERO, F::ZERO);
    assert_eq!(zero.stopped_by(), ["7"]);
    // exponent 0 vouches for its own power, which is then 0
    let mut own = Forgery::new(9, 0, &[[0, 0, 0, 0]]);
    (own.rows[0].zero, own.rows[0].more, own.rows[0].powers) = (F::ZERO, F::ONE, F::ONE);
    assert_eq!(own.stopped_by(), ["8"]);
    // the factor of an odd exponent left out
    let mut left = Forgery::new(9, 1, &[[1, 1, 1, 1], [0, 0, 0, 1]]);
    left.rows[0].once = F::ZERO;
    assert_eq!(left.stopped_by(), ["25"]);
    // a power that is not the square, of an even exponent; and one of 0 that is not 1
    assert_eq!(Forgery::new(9, 82, &[[2, 9, 81, 82], [1, 1, 1, 9], [0, 0, 0, 1]]).stopped_by(), ["26"]);
    assert_eq!(Forgery::new(9, 7, &[[0, 0, 0, 7]]).stopped_by(), ["27"]);
    // a root that nobody vouches for, a square and a product that are none
    assert_eq!(Forgery::new(9, 25, &[[2, 5, 25, 25]]).stopped_by(), ["power"]);
    assert_eq!(Forgery::new(9, 82, &[[2, 9, 82, 82], [1, 1, 1, 9], [0, 0, 0, 1]]).stopped_by(), ["product"]);
    assert_eq!(Forgery::new(9, 10, &[[1, 1, 1, 10], [0, 0, 0, 1]]).stopped_by(), ["product"]);
}

/// What stops rows, whatever other chips believe: the first row of base 9 to the power of `exponent`, an instruction, and what `edit` makes of it.
fn stopped(exponent: U256, edit: impl FnOnce(&mut PowerCols<F>)) -> Vec<String> {
    let (_, table) = bench(&[(U256::from(9), exponent)]);
    stopped_though_believed("power", &PowerAir, &forged_row(&table, 0, |cells| edit(PowerCols::view_mut(cells))))
}

/// Of each constraint on the row and its operands a forgery that nothing else stops. That `zero` is boolean (0) and no other kind (3) follows from 7 and 8.
#[test]
fn each_constraint_on_the_row_is_needed() {
    let (one, zero, six) = (F::ONE, F::ZERO, U256::from(6));
    for exponent in [U256::ZERO, six, U256::MAX] {
        assert_eq!(stopped(exponent, |_| ()), [""; 0]);
    }
    // words of wires from a row that asks for its operands less than no times
    assert_eq!(stopped(U256::ZERO, |row| (row.instruction, row.uses) = (-one, zero)), ["2"]);
    // a power of a row that is of neither kind: an instruction's, one that others ask for
    fn neither(row: &mut PowerCols<F>) {
        (row.more, row.result[0]) = (F::ZERO, F::from_u8(7));
    }
    assert_eq!(stopped(six, neither), ["4"]);
    let answer = |row: &mut PowerCols<F>| {
        neither(row);
        (row.instruction, row.uses, row.powers) = (zero, zero, one);
    };
    assert_eq!(stopped(six, answer), ["6"]);
    // a wire of a row that is no instruction
    assert_eq!(stopped(six, |row| row.instruction = zero), ["5"]);
    // a wire where the instruction has a constant, and the other way round; the wire of another region
    assert_eq!(stopped(six, |row| (row.base.constant, row.base.time) = (F::TWO, -row.region)), ["58"]);
    assert_eq!(stopped(six, |row| row.base.time += one), ["59"]);
    assert_eq!(stopped(six, |row| (row.exponent.constant, row.exponent.time) = (F::TWO, -row.region)), ["60"]);
    assert_eq!(stopped(six, |row| row.exponent.time += one), ["61"]);
}

/// Any root, answered by a row that has a half less than no times (its other look-ups are made up for by one that has one): two constraints stop it.
#[test]
fn no_row_answers_for_its_root() {
    let (_, table) = bench(&[(U256::from(9), U256::from(6))]);
    let mut forged = forged_row(&table, 0, |_| ());
    forged.values.copy_within(..WIDTH, WIDTH);
    let row = PowerCols::view_mut(&mut forged.values[WIDTH..]);
    (row.more, row.instruction, row.uses) = (-F::ONE, F::ZERO, F::ZERO);
    row.root[0] += F::ONE;
    assert_eq!(stopped_though_believed("power", &PowerAir, &forged), ["1", "3"]);
}

/// Of each limb's constraints and look-up a forgery that nothing else stops.
#[test]
fn each_limb_is_needed() {
    let one = F::ONE;
    for i in 0..16 {
        // a power of an even exponent that is not the square, and one of 0 that is not 1
        assert_eq!(stopped(U256::from(6), |row| row.result[i] += one), [(26 + 2 * i).to_string()]);
        assert_eq!(stopped(U256::ZERO, |row| row.result[i] += one), [(27 + 2 * i).to_string()]);
        // half of an odd limb as if it were even
        let even = |row: &mut PowerCols<F>| {
            row.odd[i] -= one;
            row.once = row.odd[0];
            row.result = row.square;
        };
        assert_eq!(stopped(U256::ONE << (16 * i), even), [name::RANGE]);
    }
    // an exponent of a limb 65024, over 2, asked for as 0: 65024 2^15 is -1
    for i in 1..16 {
        let vanishing = |row: &mut PowerCols<F>| row.odd[i] = F::from_u16(65024);
        assert_eq!(stopped(U256::from(65024) << (16 * i) | U256::from(2) << (16 * (i - 1)), vanishing), [(9 + i).to_string()]);
    }
    // an exponent of 5 as 2 times 3 less 1, which vouches for a product that is none
    let less = |row: &mut PowerCols<F>| {
        (row.odd[0], row.once) = (-one, -one);
        row.result = row.square;
    };
    assert_eq!(stopped(U256::from(5), less), ["9"]);
}

/// Exponent 1 halved as if it were even is (p + 1) / 2, whose power exists: only the range of the half stops it.
#[test]
fn a_half_of_the_wrong_parity_is_out_of_range() {
    let mut exponents = vec![1, u64::from(F::ORDER_U32).div_ceil(2)];
    while let Some(&last) = exponents.last().filter(|&&last| last > 0) {
        exponents.push(last >> 1);
    }
    // base 0: its powers are 0 but for exponent 0
    let power = |exponent: u64| u64::from(exponent == 0);
    let chain: Vec<[u64; 4]> = exponents
        .iter()
        .enumerate()
        .map(|(i, &exponent)| {
            let root = exponents.get(i + 1).map_or(0, |&half| power(half));
            [exponent, root, root, power(exponent)]
        })
        .collect();
    let mut forgery = Forgery::new(0, 0, &chain);
    for (row, &exponent) in forgery.rows.iter_mut().zip(&exponents) {
        // an exponent beyond 16 bits in one limb, as the wrong half is
        row.exponent.limbs = limbs(U256::ZERO);
        row.exponent.limbs[0] = F::from_u64(exponent);
        row.inverse = row.exponent.limbs[0].try_inverse().unwrap_or(F::ZERO);
    }
    (forgery.rows[0].odd[0], forgery.rows[0].once) = (F::ZERO, F::ZERO);
    assert_eq!(forgery.stopped_by(), ["range"]);
}
