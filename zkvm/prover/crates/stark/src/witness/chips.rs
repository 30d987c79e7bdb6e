//! Which chip takes which instruction.

use p3_matrix::dense::RowMajorMatrix;
use sol2zk_chips::bus::F;
use sol2zk_chips::claim::ClaimAir;
use sol2zk_chips::compare::CompareRows;
use sol2zk_chips::context::Context;
use sol2zk_chips::finish::{FinishRows, Stream};
use sol2zk_chips::flow::FlowRows;
use sol2zk_chips::frame::FrameRows;
use sol2zk_chips::{boundary, gas};
use sol2zk_executor::isa;
use sol2zk_executor::trace::{PureStep, Step};

use super::Undone;
use crate::statement::Statement;
use crate::tables::{Table, index, table};

/// Rows of all chips under construction.
#[derive(Default)]
pub(super) struct Chips {
    fork: u8,
    pub(super) finish: FinishRows,
    pub(super) frames: FrameRows,
    flow: FlowRows,
    compare: CompareRows,
}

impl Chips {
    pub(super) fn new(fork: u8) -> Self {
        Self { fork, ..Self::default() }
    }

    /// One pure instruction; an error names what has no chip.
    pub(super) fn pure(&mut self, step: &PureStep, ctx: &mut Context) -> Result<(), String> {
        match step.op {
            isa::LT | isa::GT | isa::SLT | isa::SGT | isa::EQ | isa::ISZERO => self.compare.push_pure(step, ctx),
            op => return Err(missing(op)),
        }
        Ok(())
    }

    /// One chained instruction; an error names what has no chip.
    pub(super) fn step(&mut self, step: &Step, ctx: &mut Context) -> Result<(), String> {
        match step.op {
            isa::REGION | isa::LABEL | isa::MOVE | isa::CHARGE | isa::JMP | isa::JMPR => self.flow.push(step, ctx),
            isa::BNZ | isa::BZ | isa::BEQ | isa::BNE | isa::BLT | isa::BGE | isa::BSLT | isa::BSGE => self.compare.push(step, ctx),
            isa::STOP | isa::RETURN | isa::REVERT | isa::HALT => {
                if let Some(stream) = self.finish.push(step, ctx) {
                    self.stream(stream)?;
                }
            }
            op => return Err(missing(op)),
        }
        Ok(())
    }

    fn stream(&mut self, _stream: Stream) -> Result<(), String> {
        Err("output".into())
    }

    /// Undo rows of the frame that ended; the first has clock `clk`.
    pub(super) fn undo(&mut self, _frame: u32, _clk: u32, _ctx: &mut Context) -> Undone {
        Undone { count: 0, last: None }
    }

    /// All tables after the fixed ones that have rows.
    pub(super) fn finish(self, ctx: &mut Context, _statement: &Statement, claim: &ClaimAir) -> Vec<(usize, Table, RowMajorMatrix<F>)> {
        let fork = self.fork;
        let mut tables = Vec::new();
        let mut add = |name: &str, trace: Option<RowMajorMatrix<F>>| {
            if let (Some(index), Some(trace)) = (index(name), trace) {
                tables.push((index, table(index, fork, claim), trace));
            }
        };
        add("flow", self.flow.finish());
        add("compare", self.compare.finish());
        add("finish", self.finish.finish());
        // what answers queries comes after what asks
        let (gas, given) = gas::generate(ctx);
        add("gas", gas);
        add("boundary", boundary::generate(ctx));
        add("frame", self.frames.finish(ctx, &given));
        add("claim", Some(claim.generate(ctx)));
        tables
    }
}

fn missing(op: u16) -> String {
    isa::row(op).map_or_else(|| format!("operation {op:#x}"), |row| row.name.to_owned())
}
