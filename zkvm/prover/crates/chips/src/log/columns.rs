use crate::columns;
use crate::columns::{Operand, State};

/// A row of the log chip.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct LogCols<T> {
    /// 1 if the row is a TOPIC.
    pub is_topic: T,
    /// 1 if the row is a LOG.
    pub is_log: T,
    /// State received.
    pub state: State<T>,
    /// TOPIC: the topic. LOG: the offset of the data.
    pub a: Operand<T>,
    /// LOG: the length of the data.
    pub b: Operand<T>,
    /// LOG: number of topics.
    pub topics: T,
    /// Gas field.
    pub gas: T,
    /// Call of the frame.
    pub call: T,
    /// Account of the frame.
    pub account: T,
    /// 1 if the frame is doomed: its logs are not claimed.
    pub doomed: T,
    /// Sentry flag of the frame (not used here).
    pub sentry: T,
    /// is_topic (1 - doomed).
    pub claims_topic: T,
    /// is_log (1 - doomed).
    pub claims_log: T,
    /// 1 if data is streamed: claims_log and length > 0.
    pub streams: T,
    /// Inverse of the length if there is data.
    pub inverse: T,
    /// Gas charged after a LOG = low + 2^16 high, high < 2^14.
    pub gas_low: T,
    /// See `gas_low`.
    pub gas_high: T,
}

columns!(LogCols);
