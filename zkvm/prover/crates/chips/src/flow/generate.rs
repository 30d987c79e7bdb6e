use std::collections::HashMap;

use p3_field::PrimeCharacteristicRing;
use p3_matrix::dense::RowMajorMatrix;
use sol2zk_executor::isa;
use sol2zk_executor::trace::Step;

use super::FlowCols;
use crate::bus::F;
use crate::context::{Context, Rows};
use crate::word::limbs16;

/// Rows of the flow chip.
#[derive(Clone, Debug, Default)]
pub struct FlowRows {
    rows: Rows,
    /// Row at which each frame's last region begins.
    regions: HashMap<u32, usize>,
}

impl FlowRows {
    /// Appends the row of an executed instruction.
    pub fn push(&mut self, step: &Step, ctx: &mut Context) {
        let rom = ctx.row(step);
        let index = self.rows.cells.len() / FlowCols::<F>::WIDTH;
        let row = FlowCols::view_mut(self.rows.push(FlowCols::<F>::WIDTH));
        let flag = match step.op {
            isa::REGION => &mut row.is_region,
            isa::LABEL => &mut row.is_label,
            isa::MOVE => &mut row.is_move,
            isa::CHARGE => &mut row.is_charge,
            isa::JMP => &mut row.is_jump,
            _ => &mut row.is_return,
        };
        *flag = F::ONE;
        ctx.state(&mut row.state, step);
        row.a.time = F::from_u32(step.region);
        row.c = F::from_u32(rom.fields[2]);
        row.gas = F::from_u32(rom.gas);
        row.next = F::from_u32(step.next);
        row.region = F::from_u32(step.region);
        match step.op {
            isa::REGION | isa::LABEL => {
                row.region = F::from_u32(step.clk);
                let gas = (step.gas + u64::from(rom.gas)) as u32;
                row.gas_low = F::from_u32(gas & 0xffff);
                row.gas_high = F::from_u32(gas >> 16);
                ctx.regions.insert(step.frame, (step.clk, gas, step.words));
                self.regions.insert(step.frame, index);
                ctx.range16(gas & 0xffff);
                ctx.range_bits(gas >> 16, 14);
            }
            isa::MOVE => {
                ctx.operand(&mut row.a, step.id, 0, step.region, step.operands[0]);
                row.uses = ctx.uses(step.region, rom.fields[2]);
            }
            isa::JMPR => {
                ctx.operand(&mut row.a, step.id, 0, step.region, step.operands[0]);
                ctx.range_bits(limbs16(step.operands[0])[1].into(), 6);
                *ctx.executions.entry(step.next).or_default() += 1;
                row.label_gas = F::from_u32(ctx.rom[&step.next].gas);
            }
            _ => {}
        }
    }

    /// The table, if there are rows. Comes after all that looks BEGUN up.
    pub fn finish(mut self, ctx: &Context) -> Option<RowMajorMatrix<F>> {
        for (frame, &index) in &self.regions {
            let begun = ctx.regions.get(frame).and_then(|(region, ..)| ctx.begun.get(region));
            FlowCols::view_mut(self.rows.row(index, FlowCols::<F>::WIDTH)).begun_uses = F::from_u32(begun.copied().unwrap_or(0));
        }
        self.rows.finish(FlowCols::<F>::WIDTH, 2)
    }
}
