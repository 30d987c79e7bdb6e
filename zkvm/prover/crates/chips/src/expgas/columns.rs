use crate::columns;
use crate::columns::{LIMBS, Operand, State};

/// A row of the EXPGAS chip.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ExpGasCols<T> {
    /// 1 if the row is real.
    pub real: T,
    /// State received.
    pub state: State<T>,
    /// The exponent.
    pub a: Operand<T>,
    /// Gas field.
    pub gas: T,
    /// 1 at its most significant limb that is not 0.
    pub marks: [T; LIMBS],
    /// That limb, or 0.
    pub top: T,
    /// Its high byte.
    pub high: T,
    /// 1 if that is not 0.
    pub wide: T,
    /// Inverse of the high byte, or of the limb if that is 0; 0 if the exponent is.
    pub inverse: T,
}

columns!(ExpGasCols);
