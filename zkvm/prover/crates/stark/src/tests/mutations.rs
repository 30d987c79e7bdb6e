//! Single cells of whole runs changed, table by table: each change breaks a constraint or a bus, or the cell is one that nothing depends on.
//!
//! Look-ups are judged as a forger would have them: whatever is true of a table may be asked any number of times. So a change counts as
//! accepted unless a constraint names it, a multiset bus does not balance, or an entry is asked for that no table has.

use std::collections::{BTreeMap, BTreeSet};

use p3_air::BaseAir;
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_matrix::Matrix;
use p3_matrix::dense::RowMajorMatrix;
use sol2zk_chips::bus::{F, name, tag};
use sol2zk_chips::evaluate::{Balance, Violation, evaluate};
use sol2zk_executor::host::request::Request;
use sol2zk_executor::isa;
use sol2zk_executor::program::Program;

use super::scene::*;
use super::weakened::Without;
use crate::key::{FIXED, fixed_tables, rom_rows};
use crate::tables::{NAMES, Table};
use crate::witness::{Hashes, Witness, witness};

/// A row by table and index.
type Place = (&'static str, usize);

/// Messages that look-up tables hold, with the rows that give them; none for the fixed tables and the claim.
#[derive(Default)]
struct Entries(BTreeMap<(String, Vec<u32>), BTreeSet<Place>>);

fn looks_up(bus: &str, message: &[u32]) -> bool {
    let look_ups = [
        name::WIRE,
        name::ROM,
        name::PRODUCT,
        name::POWER,
        name::RANGE,
        name::BYTES,
        name::NIBBLES,
        name::LIMB_AND,
        name::FRAME,
        name::ORIGINAL,
        name::SLOT,
        name::GAS_LEFT,
        name::GIVEN,
        name::BEGUN,
    ];
    look_ups.contains(&bus) || bus == name::CLAIM && ([tag::CALLDATA, tag::ENV, tag::CODE].contains(&message[0]) || sent_often(bus, message))
}

/// What the claim alone gives, to rows that receive it.
fn sent_often(bus: &str, message: &[u32]) -> bool {
    bus == name::CLAIM && tag::is_often(message[0])
}

impl Entries {
    fn fixed(&mut self, bus: &str, message: Vec<u32>) {
        self.0.insert((bus.to_owned(), message), [("", 0)].into());
    }

    /// Whether another row than `place` gives the message, or could if it were added.
    fn elsewhere(&self, bus: &str, message: &[u32], place: Place) -> bool {
        match (bus, message) {
            (name::RANGE, &[value]) if place.0 != "limb" => value < 1 << 16,
            (name::BYTES, &[low, high]) if place.0 != "limb" => low < 256 && high < 256,
            (name::NIBBLES, &[x, y, and]) => x < 16 && y < 16 && and == x & y,
            (name::LIMB_AND, &[x, y, and]) if place.0 != "limb_and" => x < 1 << 16 && y < 1 << 16 && and == x & y,
            _ => self.0.get(&(bus.to_owned(), message.to_vec())).is_some_and(|rows| rows.iter().any(|row| *row != place)),
        }
    }
}

/// A run's tables and what their look-ups hold.
struct Run {
    witness: Witness,
    entries: Entries,
}

/// The messages of one row (of two for a table that sees its next row), or none if a constraint fails.
fn said(air: &Table, cells: &RowMajorMatrix<F>) -> Option<Balance> {
    let mut balance = Balance::new();
    evaluate(air.name(), air, cells, &mut balance).is_none().then_some(balance)
}

fn single(cells: &RowMajorMatrix<F>, row: usize) -> RowMajorMatrix<F> {
    RowMajorMatrix::new(cells.row_slice(row).unwrap().to_vec(), cells.width())
}

/// The tables whose cells are changed: all but the fixed ones, the claim (each of its rows is checked elsewhere), all values and the permutations.
fn tables(witness: &Witness) -> impl Iterator<Item = (&Table, &RowMajorMatrix<F>)> {
    witness
        .others
        .iter()
        .zip(&witness.traces[FIXED..])
        .filter(|(air, _)| !matches!(air, Table::Keccak(_) | Table::Permutation(_) | Table::Claim(_) | Table::Range(_)))
}

impl Run {
    fn new(request: &Request, programs: &[&Program]) -> Self {
        Self::with(Hashes::Proven, request, programs)
    }

    fn with(hashes: Hashes, request: &Request, programs: &[&Program]) -> Self {
        let trace = run(request, programs);
        let witness = witness(request, &trace, &fixed_tables(&trace.programs), 2, hashes).unwrap();
        let mut entries = Entries::default();
        for row in rom_rows(&trace.programs) {
            let [a, b, c] = row.fields;
            entries.fixed(name::ROM, vec![row.id, row.op, a, b, c, row.gas]);
        }
        for (id, word) in trace.programs.iter().flat_map(|placed| placed.constants()) {
            entries.fixed(name::WIRE, [0, id].into_iter().chain(sol2zk_chips::word::limbs16(word).map(u32::from)).collect());
        }
        for cells in witness.traces[FIXED].rows() {
            let cells: Vec<u32> = cells.map(|cell| cell.as_canonical_u32()).collect();
            entries.fixed(name::CLAIM, cells[..cells.len() - 1].to_vec());
        }
        let negative = |count: &F| count.as_canonical_u32() > F::ORDER_U32 / 2;
        for (air, cells) in tables(&witness).filter(|(air, _)| air.main_next_row_columns().is_empty()) {
            for row in 0..cells.height() {
                let provided = said(air, &single(cells, row)).unwrap();
                for (message, _) in
                    provided.into_iter().filter(|((bus, message), count)| looks_up(bus, message) && !sent_often(bus, message) && negative(count))
                {
                    entries.0.entry(message).or_default().insert((air.name(), row));
                }
            }
        }
        Self { witness, entries }
    }

    /// What the change from `honest` to `forged` rows does.
    fn effect(&self, air: &Table, honest: &Balance, forged: &RowMajorMatrix<F>, row: usize) -> Effect {
        let Some(mut balance) = said(air, forged) else { return Effect::Caught };
        for (message, count) in honest {
            *balance.entry(message.clone()).or_default() -= *count;
        }
        self.judge(balance, (air.name(), row))
    }

    /// What it does that the row at `place` says this more (or less) than in the honest run.
    fn judge(&self, mut balance: Balance, place: Place) -> Effect {
        balance.retain(|_, count| *count != F::ZERO);
        if balance.is_empty() {
            return Effect::None;
        }
        let true_entries = balance.keys().all(|(bus, message)| looks_up(bus, message) && self.entries.elsewhere(bus, message, place));
        if true_entries { Effect::OtherEntry } else { Effect::Caught }
    }

    /// Changes each cell of the first rows of a table.
    fn change(&self, air: &Table, cells: &RowMajorMatrix<F>, tally: &mut Tally) {
        let alone = air.main_next_row_columns().is_empty();
        let whole = (!alone).then(|| said(air, cells).unwrap());
        for row in 0..cells.height().min(ROWS) {
            let (base, at) = if alone { (single(cells, row), 0) } else { (cells.clone(), row) };
            let honest = whole.clone().unwrap_or_else(|| said(air, &base).unwrap());
            for column in 0..cells.width() {
                let place = at * cells.width() + column;
                let old = base.values[place];
                for value in [old + F::ONE, old - F::ONE, F::ZERO, F::ONE, F::from_u32(0x1234_5678), old.double(), old.halve()] {
                    if value != old {
                        let mut forged = base.clone();
                        forged.values[place] = value;
                        let effect = self.effect(air, &honest, &forged, row);
                        *tally.entry((air.name(), column)).or_default().entry(effect).or_default() += 1;
                    }
                }
            }
        }
    }
}

/// What a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Effect {
    /// A constraint fails, a multiset does not balance, or an entry is asked for that is not there.
    Caught,
    /// Nothing is said differently: the cell has no meaning in this row.
    None,
    /// A look-up asks for another entry that is true.
    OtherEntry,
}

/// Effects by table and column.
type Tally = BTreeMap<(&'static str, usize), BTreeMap<Effect, usize>>;

/// Rows of a table that are changed.
const ROWS: usize = 64;

/// Runs that reach every column: ends of every kind, every alignment, hashes, branches, arithmetic, effects undone.
fn runs() -> Vec<Run> {
    let talk = talkative();
    let mut batch = talkative_request(&talk);
    // they trap at a store, or run out of gas: before a store, in a region, at a log
    batch.calls.extend([23_400, 44_000, 2, 8, 25_000].map(|gas| call(&[1; 40], gas)));
    let mut effects = [isa::STOP, isa::REVERT].map(|op| super::effects((op, [0, 0, 0], 0)));
    effects[1].instructions[18].fields = [20, 20, 0];
    let growth = [(3, 1), (1, 3), (1, 4), (3, 0), (2, 2)].map(|(offset, length)| super::frames::growing(offset, length));
    let mut runs = vec![Run::new(&batch, &[&talk])];
    for program in effects {
        let gas = [100_000, 100_000, 46_600, 24_500, 46_639, 48_739];
        runs.push(Run::new(&request(&program, gas.map(|gas| call(&[7; 34], gas)).into()), &[&program]));
    }
    let others = [
        super::families::memory(),
        super::families::hashes(),
        super::families::long_hashes(),
        super::families::powers(),
        super::families::branch(isa::BSLT),
        super::arithmetic(false),
        super::arithmetic(true),
    ];
    let spending = super::frames::spending();
    runs.push(Run::new(&request(&spending, vec![call(&[], 142_105)]), &[&spending]));
    let signed = super::families::signed_and_far();
    runs.push(Run::new(&request(&signed, vec![call(&[[0xff; 31], [3; 31]].concat(), 100_000)]), &[&signed]));
    for program in others.into_iter().chain(growth) {
        runs.push(Run::new(&request(&program, vec![call(&[7; 34], 100_000)]), &[&program]));
    }
    for program in [super::families::hashes(), super::families::long_hashes()] {
        runs.push(Run::with(Hashes::Listed, &request(&program, vec![call(&[7; 34], 100_000), call(&[9; 34], 100_000)]), &[&program]));
    }
    runs
}

/// Columns whose change can make a row ask for another true entry, or not ask at all, without saying anything else: which limbs of AND a
/// mask settles (a limb may be a mask on both sides), the gap after the last address of memory, which no row follows, and the quotient of
/// a division by 0, whose result is 0 by a constraint of its own; an empty row of mul may
/// multiply 0 by 0 for nobody, and one of limb give the 0 that another gives.
const CHOICES: [(&str, std::ops::Range<usize>); 6] =
    [("bitwise", 45..77), ("boundary", 6..8), ("divmod", 80..96), ("limb", 16..18), ("modmul", 113..145), ("mul", 0..1)];

#[test]
fn every_cell_of_a_run_matters() {
    let mut tally = Tally::new();
    for run in runs() {
        for (air, cells) in tables(&run.witness) {
            run.change(air, cells, &mut tally);
        }
    }
    let covered: BTreeSet<&str> = tally.keys().map(|key| key.0).collect();
    println!("{} tables, {} changes", covered.len(), tally.values().flat_map(BTreeMap::values).sum::<usize>());
    let choice = |table: &str, column: usize| CHOICES.iter().any(|(name, columns)| *name == table && columns.contains(&column));
    let odd: Vec<_> = tally
        .iter()
        .filter(|((table, column), effects)| effects.contains_key(&Effect::OtherEntry) && !choice(table, *column) || !effects.contains_key(&Effect::Caught))
        .collect();
    assert!(odd.is_empty(), "cells that could be anything: {odd:?}");
    let missing: Vec<_> = NAMES[FIXED + 1..].iter().filter(|name| !["keccak", "permutation", "range"].contains(*name) && !covered.contains(*name)).collect();
    assert!(missing.is_empty(), "tables without a row: {missing:?}");
}

/// Tables of pure rows and of answers: repeating one gives again what it gave.
const REPEATABLE: [&str; 13] = ["addsub", "bitwise", "byte", "compare", "divmod", "gas", "limb", "limb_and", "listed_words", "modmul", "mul", "power", "shift"];

#[test]
fn no_row_can_be_left_out_or_repeated() {
    for run in runs() {
        for (air, cells) in tables(&run.witness) {
            let alone = air.main_next_row_columns().is_empty();
            for row in (0..cells.height()).filter(|&row| cells.row_slice(row).unwrap().iter().any(|cell| *cell != F::ZERO)) {
                let Some(said) = alone.then(|| said(air, &single(cells, row)).unwrap()) else { continue };
                let less = said.iter().map(|(message, count)| (message.clone(), -*count)).collect();
                assert_eq!(run.judge(less, (air.name(), row)), Effect::Caught, "row {row} of {} left out", air.name());
                let repeated = run.judge(said, (air.name(), usize::MAX));
                assert!(repeated == Effect::Caught || REPEATABLE.contains(&air.name()), "row {row} of {} repeated", air.name());
            }
        }
    }
}

/// The rows of memory's boundary, which see each other: left out, repeated, or in another order.
#[test]
fn memory_has_one_boundary() {
    for run in runs() {
        let Some((air, cells)) = tables(&run.witness).find(|(air, _)| air.name() == "boundary") else { continue };
        let width = cells.width();
        let real = (0..cells.height()).filter(|&row| cells.values[row * width] == F::ONE).count();
        let honest = said(air, cells).unwrap();
        let judged = |rows: Vec<usize>| {
            let mut values: Vec<F> = rows.iter().flat_map(|&row| cells.values[row * width..][..width].to_vec()).collect();
            values.resize(width * values.len().div_ceil(width).next_power_of_two().max(2), F::ZERO);
            run.effect(air, &honest, &RowMajorMatrix::new(values, width), 0)
        };
        assert_eq!(judged((0..real).collect()), Effect::None);
        for row in 0..real {
            assert_eq!(judged((0..real).filter(|&other| other != row).collect()), Effect::Caught, "row {row} left out");
            assert_eq!(judged((0..=row).chain(row..real).collect()), Effect::Caught, "row {row} repeated");
        }
        for row in 1..real {
            assert_eq!(
                judged(
                    (0..real)
                        .map(|other| if other == row {
                            row - 1
                        } else if other + 1 == row {
                            row
                        } else {
                            other
                        })
                        .collect()
                ),
                Effect::Caught
            );
        }
    }
}

/// Without a constraint, some change that it caught passes: the tests above bite, and the constraint does something that no other does.
#[test]
fn a_constraint_less_is_a_forgery_more() {
    let mut needed: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for run in runs() {
        for (air, cells) in tables(&run.witness).filter(|(air, _)| air.main_next_row_columns().is_empty()) {
            let known = needed.entry(air.name()).or_default();
            for (row, place) in (0..cells.height().min(ROWS)).flat_map(|row| (0..cells.width()).map(move |column| (row, column))) {
                let base = single(cells, row);
                for value in [base.values[place] + F::ONE, F::ZERO, F::ONE] {
                    let mut forged = base.clone();
                    forged.values[place] = value;
                    let caught = evaluate(air.name(), air, &forged, &mut Balance::new());
                    let Some(Violation::Constraint { index, .. }) = caught else { continue };
                    if known.contains(&index) {
                        continue;
                    }
                    let mut balance = Balance::new();
                    if evaluate(air.name(), &Without { table: air, constraint: index }, &forged, &mut balance).is_none() {
                        said(air, &base).unwrap().into_iter().for_each(|(message, count)| *balance.entry(message).or_default() -= count);
                        if run.judge(balance, (air.name(), row)) != Effect::Caught {
                            known.insert(index);
                        }
                    }
                }
            }
        }
    }
    println!("constraints that alone catch a change: {:?}", needed.iter().map(|(name, indices)| (*name, indices.len())).collect::<Vec<_>>());
    // what limb and limb_and say is true by their look-ups and bits alone; what preimage says wrongly must be met by another row's wrong cells (its own
    // tests do so); each cell of observe stands in a message, and one that is wrong is met there
    assert!(needed.iter().all(|(name, indices)| ["limb", "limb_and", "observe", "preimage"].contains(name) || !indices.is_empty()));
    assert!(needed.values().map(BTreeSet::len).sum::<usize>() > 300);
}
