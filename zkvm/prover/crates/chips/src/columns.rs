//! Column layouts: `repr(C)` structs of cells, viewed over row slices.

/// Gives a `#[repr(C)]` struct of cells its width and views over row slices.
///
/// The only place with `unsafe`: a `repr(C)` struct whose fields are all `T` or arrays and structs of `T` has the layout of `[T; N]`.
#[macro_export]
macro_rules! columns {
    ($name:ident) => {
        impl<T> $name<T> {
            /// Number of columns.
            pub const WIDTH: usize = core::mem::size_of::<$name<u8>>();

            /// The row's cells by name.
            ///
            /// # Panics
            /// If the slice does not have exactly `WIDTH` cells.
            #[allow(unsafe_code)]
            pub fn view(row: &[T]) -> &Self {
                assert_eq!(row.len(), Self::WIDTH);
                // SAFETY: repr(C) over cells of T alone, length checked.
                unsafe { &*row.as_ptr().cast::<Self>() }
            }

            /// The row's cells by name, to be written.
            ///
            /// # Panics
            /// If the slice does not have exactly `WIDTH` cells.
            #[allow(unsafe_code)]
            pub fn view_mut(row: &mut [T]) -> &mut Self {
                assert_eq!(row.len(), Self::WIDTH);
                // SAFETY: repr(C) over cells of T alone, length checked, exclusive borrow.
                unsafe { &mut *row.as_mut_ptr().cast::<Self>() }
            }
        }
    };
}

/// Limbs of a word (ISA 1.1).
pub const LIMBS: usize = 16;

/// An operand: the wire it names and its word.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Operand<T> {
    /// 1 if the operand is a constant of the pool: part of the ROM tuple's op field.
    pub constant: T,
    /// T of the wire: the row's region, or 0 for a constant.
    pub time: T,
    /// Identifier of the wire.
    pub id: T,
    /// Its word.
    pub limbs: [T; LIMBS],
}

/// The machine state that a chained row receives (ISA 2.1), without what it sends.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct State<T> {
    /// Identifier of the instruction.
    pub id: T,
    /// Frame.
    pub frame: T,
    /// Region time T.
    pub region: T,
    /// Clock.
    pub clk: T,
    /// Gas charged so far, without memory growth.
    pub gas: T,
    /// Active memory words.
    pub words: T,
}

/// A memory access: what was there before, and when.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Previous<T> {
    /// Time of the previous access.
    pub time: T,
    /// `now - previous - 1` = low + 2^16 high: low is range-checked to 16 bits, high to 13 (ISA 10.3).
    pub gap_low: T,
    /// See `gap_low`.
    pub gap_high: T,
}
