//! Out of gas at a REGION or LABEL: noticed there (ISA 3.3).
//!
//! A traced run completes such an instruction and leaves what is missing to a row of its own after it. No proof of that exists, since no region begins with
//! negative gas: here the instruction does not run, its frame ends one row earlier, and all that comes later moves with it.

use std::borrow::Cow;

use sol2zk_chips::bus::TICKS;
use sol2zk_executor::isa;
use sol2zk_executor::trace::{End, Frame, Step, Trace};

/// The trace as a proof can tell it. Frames follow one another, as the trace lists them.
pub(crate) fn noticed(trace: &Trace) -> Cow<'_, Trace> {
    if !trace.frames.iter().any(|frame| late(frame, &trace.steps)) {
        return Cow::Borrowed(trace);
    }
    let mut trace = trace.clone();
    let mut pures = trace.pures.iter_mut().peekable();
    let mut earlier = 0;
    for frame in &mut trace.frames {
        let late = late(frame, &trace.steps);
        let steps = &mut trace.steps[frame.steps.clone()];
        for step in steps.iter_mut() {
            step.frame -= earlier;
            step.region -= earlier;
            step.clk -= earlier;
        }
        while let Some(pure) = pures.next_if(|pure| pure.region < frame.exit) {
            pure.region -= earlier;
        }
        frame.logs.iter_mut().for_each(|log| log.clk -= earlier);
        frame.entry -= earlier;
        if late {
            steps.iter_mut().last().into_iter().for_each(|step| step.next = 0);
            earlier += TICKS;
        }
        frame.exit -= earlier;
    }
    Cow::Owned(trace)
}

/// Whether a frame's last step is a REGION or LABEL that went on with negative gas.
fn late(frame: &Frame, steps: &[Step]) -> bool {
    let last = steps[frame.steps.clone()].last();
    frame.end == End::OutOfGas && last.is_some_and(|step| matches!(step.op, isa::REGION | isa::LABEL) && step.next != 0)
}
