//! The test bench of the chips: a context with a few instructions, the counterparts of every message, forgeries.
//!
//! A test asks the [`Mock`] for steps, pushes them through the chip's generator (with `&mut mock.context`), and lets the mock judge the table:
//! [`Mock::check`] wants every message balanced and every look-up counted exactly; [`Mock::forged`] lets the look-up tables adapt to the forgery as a forger's
//! tables would; [`Mock::accepted`] changes every cell of a row and says which changes went through.

use std::collections::{BTreeMap, BTreeSet};

use p3_air::symbolic::AirLayout;
use p3_air::{Air, BaseAir};
use p3_field::{PrimeCharacteristicRing, PrimeField32};
use p3_lookup::symbolic::InteractionSymbolicBuilder;
use p3_matrix::Matrix;
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa::{self, Kind};
use sol2zk_executor::trace::{PureStep, Step};

use crate::bus::{F, TICKS, name};
use crate::context::{Context, RomRow};
use crate::evaluate::{Balance, Evaluator, Violation, evaluate, unbalanced, violated};
use crate::word::limbs16;

/// A seeded generator of numbers and words.
#[derive(Clone, Debug)]
pub struct Seeded(u64);

impl Seeded {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 pseudo-random bits (splitmix64).
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// 256 random bits.
    pub fn random(&mut self) -> U256 {
        U256::from_limbs(core::array::from_fn(|_| self.next()))
    }

    /// A word of a shape that finds mistakes: random, short, with runs of zero and full limbs, near a power of two, or an edge.
    pub fn word(&mut self) -> U256 {
        match self.below(6) {
            0 => self.random(),
            1 => self.random() >> self.below(256) as usize,
            2 => {
                let sparse = |s: &mut Self| [0, u64::MAX, 0xffff, 0xffff_0000_0000_0000, s.next()][s.below(5) as usize];
                U256::from_limbs(core::array::from_fn(|_| sparse(self)))
            }
            3 => (U256::ONE << self.below(256) as usize).wrapping_sub(U256::from(self.below(3))),
            4 => U256::from(self.below(300)),
            _ => edges()[self.below(edges().len() as u64) as usize],
        }
    }
}

/// Words at which arithmetic goes wrong.
pub fn edges() -> Vec<U256> {
    let one = U256::ONE;
    let sign = one << 255usize;
    vec![
        U256::ZERO,
        one,
        U256::from(2),
        U256::from(31),
        U256::from(32),
        U256::from(255),
        U256::from(256),
        U256::from(0xffff),
        U256::from(0x1_0000),
        sign - one,
        sign,
        sign + one,
        U256::MAX,
        U256::MAX - one,
        (one << 128usize) - one,
        one << 128usize,
        (one << 160usize) - one,
        U256::MAX << 16usize,
        U256::MAX >> 16usize,
        U256::MAX << 240usize,
    ]
}

/// Counterparts of a chip under test.
#[derive(Clone, Debug, Default)]
pub struct Mock {
    /// The witness context that the chip's generator gets.
    pub context: Context,
    /// Random choices of the mock: which operands are constants.
    pub seeded: Option<Seeded>,
    /// Next free identifier.
    next_id: u32,
    /// Next free clock.
    next_clk: u32,
    /// Words of the wires that the mock gives.
    wires: BTreeMap<(u32, u32), U256>,
    /// Entries of other look-up buses, with the count that an honest table has.
    offers: BTreeMap<(String, Vec<u32>), u32>,
    /// Messages that others send (positive) or receive (negative), once each.
    owed: Balance,
    /// Memory before: (frame, address) to (time, word).
    before: BTreeMap<(u32, u32), (u32, U256)>,
}

/// Region time of every mock step.
pub const REGION: u32 = 44;
/// Frame of every mock step.
pub const FRAME: u32 = 4;

/// Head fields followed by a word's limbs.
pub fn with_limbs(head: &[u32], word: U256) -> Vec<u32> {
    head.iter().copied().chain(limbs16(word).map(u32::from)).collect()
}

impl Mock {
    /// A mock whose operands are wires and constants by turns of a seeded generator.
    pub fn new() -> Self {
        let context = Context { fork: isa::fork_index("Osaka").expect("the newest rule set"), ..Context::default() };
        Self { context, seeded: Some(Seeded::new(7)), next_id: 100, next_clk: 1000, ..Self::default() }
    }

    /// A fresh identifier.
    pub fn fresh_id(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id
    }

    /// A message that others send (`count` > 0) or query, or receive (`count` < 0).
    pub fn owe(&mut self, bus: &str, message: Vec<u32>, count: i32) {
        *self.owed.entry((bus.to_owned(), message)).or_default() += F::from_i32(count);
    }

    /// Owes all that another chip says.
    pub fn owe_all(&mut self, said: &Balance) {
        for (key, &count) in said {
            *self.owed.entry(key.clone()).or_default() += count;
        }
    }

    /// Owes the counterpart of all that an honest table says but to the fixed tables: what a forger of its cells is up against.
    pub fn settle<A: for<'a> Air<Evaluator<'a>>>(&mut self, chip: &str, air: &A, table: &RowMajorMatrix<F>) {
        let (violations, said) = self.judged(chip, air, table);
        assert_eq!(violations, [], "the table is honest");
        self.owe_all(&said.into_iter().map(|(message, count)| (message, -count)).collect());
    }

    /// An entry that a look-up table of others holds, and how often an honest run queries it in addition to earlier offers.
    pub fn offer(&mut self, bus: &str, message: Vec<u32>, count: u32) {
        *self.offers.entry((bus.to_owned(), message)).or_default() += count;
    }

    /// What memory holds before the first step (address as on the bus), for addresses that do not start at word 0, time 0.
    pub fn poke(&mut self, frame: u32, address: u32, time: u32, word: U256) {
        self.before.insert((frame, address), (time, word));
        self.context.memory.insert((frame, address), (time, word));
    }

    /// Places an instruction whose word operands are `words`; `immediate` fills the operand field that is not a word, if there is one.
    fn place(&mut self, op: u16, words: &[U256], immediate: u32, gas: u32) -> (u32, [U256; 3]) {
        let table = isa::row(op).expect("an op of the table");
        let id = self.fresh_id();
        let mut row = RomRow { id, op: op.into(), gas, ..RomRow::default() };
        let (mut operands, mut reads, mut left) = ([U256::ZERO; 3], vec![], words.iter());
        for (i, kind) in table.operands.iter().enumerate() {
            match kind {
                isa::Operand::Unused => {}
                isa::Operand::Word => {
                    operands[i] = *left.next().expect("a word for each operand");
                    let constant = self.seeded.as_mut().is_some_and(|s| s.below(3) == 0);
                    row.op |= u32::from(constant) << (8 + i);
                    row.fields[i] = self.fresh_id();
                    self.wires.insert((if constant { 0 } else { REGION }, row.fields[i]), operands[i]);
                    reads.push(i);
                }
                isa::Operand::Immediate | isa::Operand::Target | isa::Operand::Phi => row.fields[i] = immediate,
            }
        }
        assert!(left.next().is_none(), "no more words than operands");
        self.context.rom.insert(id, row);
        self.context.scan(id, REGION, &reads);
        (id, operands)
    }

    /// Readers of the wire (REGION, id): two to five of them, who expect `word`.
    pub fn consume(&mut self, id: u32, word: U256) {
        let uses = 2 + id % 4;
        self.context.uses.insert((REGION, id), uses);
        self.owe(name::WIRE, with_limbs(&[REGION, id], word), uses as i32);
    }

    /// A pure step with the result that its readers expect.
    pub fn pure(&mut self, op: u16, words: &[U256], result: U256) -> PureStep {
        let (id, operands) = self.place(op, words, 0, 0);
        self.consume(id, result);
        PureStep { op, id, region: REGION, operands, result }
    }

    /// A chained step in a frame that has run for a while: goes to the next instruction, unless `edit` says otherwise. `immediate` is the operand field that is no word.
    pub fn chained(&mut self, op: u16, words: &[U256], immediate: u32, gas: u32, edit: impl FnOnce(&mut Step)) -> Step {
        let (id, operands) = self.place(op, words, immediate, gas);
        let clk = self.next_clk;
        self.next_clk += TICKS;
        let charge = gas.into();
        let mut step = Step {
            op,
            id,
            frame: FRAME,
            region: REGION,
            clk,
            gas: 5000 + u64::from(clk),
            charge,
            words: 9,
            words_after: 9,
            operands,
            result: U256::ZERO,
            next: id + 1,
        };
        edit(&mut step);
        let table = isa::row(op).expect("an op of the table");
        if table.result {
            self.consume(id, step.result);
        }
        let gas = step.gas as u32;
        self.owe(name::CHAIN, vec![id, step.frame, step.region, clk, gas, step.words], 1);
        if table.kind != Kind::End {
            let region = if op == isa::REGION || op == isa::LABEL { clk } else { step.region };
            self.owe(name::CHAIN, vec![step.next, step.frame, region, clk + TICKS, gas + step.charge as u32, step.words_after], -1);
        }
        step
    }

    /// The chip's own messages and what is owed.
    fn messages<A: for<'a> Air<Evaluator<'a>>>(&self, chip: &str, air: &A, table: &RowMajorMatrix<F>) -> (Vec<Violation>, Balance) {
        let mut balance = self.owed.clone();
        for (&(frame, address), &(time, word)) in &self.context.memory {
            let (first, old) = self.before.get(&(frame, address)).copied().unwrap_or_default();
            *balance.entry((name::MEMORY.into(), with_limbs(&[frame, address, first], old))).or_default() += F::ONE;
            *balance.entry((name::MEMORY.into(), with_limbs(&[frame, address, time], word))).or_default() -= F::ONE;
        }
        let violation = violated(chip, air, table, &mut balance);
        (violation, balance)
    }

    /// Entries that look-up tables of others hold, with the counts of an honest run; the fixed tables not included.
    fn entries(&self) -> BTreeMap<(String, Vec<u32>), u32> {
        let mut entries = self.offers.clone();
        for row in self.context.rom.values() {
            let [a, b, c] = row.fields;
            entries.insert((name::ROM.into(), vec![row.id, row.op, a, b, c, row.gas]), self.context.executions.get(&row.id).copied().unwrap_or(0));
        }
        for (&(time, id), &word) in &self.wires {
            let uses = self.context.uses.get(&(time, id)).copied().unwrap_or(0);
            entries.insert((name::WIRE.into(), with_limbs(&[time, id], word)), uses);
        }
        entries
    }

    /// Judges a table of an honest run: constraints hold, every message balances, every look-up was counted.
    pub fn check<A: for<'a> Air<Evaluator<'a>>>(&self, chip: &str, air: &A, table: &RowMajorMatrix<F>) -> Option<Violation> {
        let (violation, mut balance) = self.messages(chip, air, table);
        let mut answer = |bus: &str, message: Vec<u32>, count: u32| *balance.entry((bus.to_owned(), message)).or_default() -= F::from_u32(count);
        for ((bus, message), count) in self.entries() {
            answer(&bus, message, count);
        }
        for (&value, &count) in &self.context.range {
            answer(name::RANGE, vec![value.into()], count);
        }
        for (&(low, high), &count) in &self.context.bytes {
            answer(name::BYTES, vec![low.into(), high.into()], count);
        }
        for (&(x, y), &count) in &self.context.nibbles {
            answer(name::NIBBLES, vec![x.into(), y.into(), (x & y).into()], count);
        }
        for (&(x, y), &count) in &self.context.limb_ands {
            answer(name::LIMB_AND, vec![x.into(), y.into(), (x & y).into()], count);
        }
        violation.into_iter().next().or_else(|| unbalanced(&balance))
    }

    /// Judges a forged table: look-up tables answer whatever they truthfully can, all other messages must balance.
    pub fn forged<A: for<'a> Air<Evaluator<'a>>>(&self, chip: &str, air: &A, table: &RowMajorMatrix<F>) -> Option<Violation> {
        let (violations, balance) = self.judged(chip, air, table);
        violations.into_iter().next().or_else(|| unbalanced(&balance))
    }

    /// All that stops a forged table: ordinals of constraints and names of buses. Where it is one, nothing else does.
    pub fn causes<A: for<'a> Air<Evaluator<'a>>>(&self, chip: &str, air: &A, table: &RowMajorMatrix<F>) -> BTreeSet<String> {
        let (violations, balance) = self.judged(chip, air, table);
        let constraints = violations.into_iter().filter_map(|violation| match violation {
            Violation::Constraint { index, .. } => Some(index.to_string()),
            Violation::Bus { .. } => None,
        });
        let buses = balance.into_iter().filter(|(_, count)| *count != F::ZERO).map(|((bus, _), _)| bus);
        constraints.chain(buses).collect()
    }

    /// What a table violates, and what remains on the buses once look-up tables have answered whatever they truthfully can.
    fn judged<A: for<'a> Air<Evaluator<'a>>>(&self, chip: &str, air: &A, table: &RowMajorMatrix<F>) -> (Vec<Violation>, Balance) {
        let (violations, mut balance) = self.messages(chip, air, table);
        let entries: BTreeSet<(String, Vec<u32>)> = self.entries().into_keys().collect();
        balance.retain(|key, count| {
            let queried = count.as_canonical_u32() < 1 << 24;
            let true_entry = match (key.0.as_str(), key.1.as_slice()) {
                (name::RANGE, &[v]) => v < 1 << 16,
                (name::BYTES, &[low, high]) => low < 256 && high < 256,
                (name::NIBBLES, &[x, y, and]) => x < 16 && y < 16 && and == x & y,
                (name::LIMB_AND, &[x, y, and]) => x < 1 << 16 && y < 1 << 16 && and == x & y,
                _ => entries.contains(key),
            };
            !(queried && true_entry)
        });
        (violations, balance)
    }

    /// Changes each cell of `rows` (+1, -1, to 0 and 1, at random) and lists the accepted changes as (row, column).
    pub fn accepted<A>(&self, chip: &str, air: &A, table: &RowMajorMatrix<F>, rows: core::ops::Range<usize>) -> BTreeSet<(usize, usize)>
    where
        A: for<'a> Air<Evaluator<'a>>,
    {
        let mut seeded = Seeded::new(11);
        let mut accepted = BTreeSet::new();
        for row in rows {
            for column in 0..table.width() {
                let honest = table.values[row * table.width() + column];
                for value in [honest + F::ONE, honest - F::ONE, F::ZERO, F::ONE, F::from_u64(seeded.next() >> 8)] {
                    if value == honest {
                        continue;
                    }
                    let mut forged = table.clone();
                    forged.values[row * table.width() + column] = value;
                    if self.forged(chip, air, &forged).is_none() {
                        accepted.insert((row, column));
                    }
                }
            }
        }
        accepted
    }
}

/// One row of an honest table, edited, before a row that is not real: the table of a forger who wants that row otherwise.
pub fn forged_row(table: &RowMajorMatrix<F>, row: usize, edit: impl FnOnce(&mut [F])) -> RowMajorMatrix<F> {
    let width = table.width();
    let mut cells = table.values[row * width..(row + 1) * width].to_vec();
    edit(&mut cells);
    cells.resize(2 * width, F::ZERO);
    RowMajorMatrix::new(cells, width)
}

/// What stops a forged table if others believe each message that is no look-up of a fixed table, whatever it says.
pub fn stopped_though_believed<A: for<'a> Air<Evaluator<'a>>>(chip: &str, air: &A, table: &RowMajorMatrix<F>) -> Vec<String> {
    let mut mock = Mock::new();
    let (_, said) = mock.messages(chip, air, table);
    let fixed = [name::RANGE, name::BYTES, name::NIBBLES, name::LIMB_AND];
    mock.owe_all(&said.into_iter().filter(|((bus, _), _)| !fixed.contains(&bus.as_str())).map(|(message, count)| (message, -count)).collect());
    mock.causes(chip, air, table).into_iter().collect()
}

/// What a chip costs a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Main columns.
    pub columns: usize,
    /// Interactions.
    pub interactions: usize,
    /// Message fields of all interactions.
    pub fields: usize,
    /// Constraints.
    pub constraints: usize,
}

/// The chip's shape, after checking what the prover relies on: degrees, linear messages, rows that are not real say nothing.
pub fn shape<A>(air: &A) -> Shape
where
    A: BaseAir<F> + Air<InteractionSymbolicBuilder<F>> + for<'a> Air<Evaluator<'a>>,
{
    let symbolic = InteractionSymbolicBuilder::<F>::from_air(air, AirLayout::from_air::<F>(air));
    for (i, constraint) in symbolic.base_constraints().iter().enumerate() {
        assert!(constraint.degree_multiple() <= 3, "constraint {i} has degree {}", constraint.degree_multiple());
    }
    for interaction in symbolic.global_interactions() {
        assert!(interaction.count.degree_multiple() <= 1, "a count on {} is not linear", interaction.bus_name);
        assert!(interaction.fields.iter().all(|field| field.degree_multiple() <= 1), "a field on {} is not linear", interaction.bus_name);
    }
    assert_eq!(air.max_constraint_degree(), Some(3));
    let mut balance = Balance::new();
    let padding = RowMajorMatrix::new(F::zero_vec(air.width()), air.width());
    assert_eq!(evaluate("padding", air, &padding, &mut balance), None, "a zero row violates a constraint");
    assert!(balance.is_empty(), "a zero row speaks");
    Shape {
        columns: air.width(),
        interactions: symbolic.global_interactions().len(),
        fields: symbolic.global_interactions().iter().map(|i| i.fields.len()).sum(),
        constraints: symbolic.base_constraints().len(),
    }
}

/// Whether a zero row with `column` set to 1 violates a constraint: what must hold of multiplicities and counts on rows that are not real.
pub fn padding_rejects<A: BaseAir<F> + for<'a> Air<Evaluator<'a>>>(air: &A, column: usize) -> bool {
    let mut padding = RowMajorMatrix::new(F::zero_vec(air.width()), air.width());
    padding.values[column] = F::ONE;
    matches!(evaluate("padding", air, &padding, &mut Balance::new()), Some(Violation::Constraint { .. }))
}

/// The column numbers 0, 1, ... of a table of `width` columns: viewed as the chip's columns they name each column's number.
pub fn numbers(width: usize) -> Vec<usize> {
    (0..width).collect()
}
