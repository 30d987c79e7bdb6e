use crate::columns;
use crate::columns::{LIMBS, Previous, State};

/// One access of a register or of an aligned memory word.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct AccessCols<T> {
    /// 1 on `GET` rows.
    pub get: T,
    /// 1 on `SET` rows.
    pub set: T,
    /// 1 on `MLOAD` rows.
    pub load: T,
    /// 1 on `MSTORE` rows.
    pub store: T,
    /// How often the wire (region, id) is read; 0 but on `GET` and `MLOAD` rows.
    pub uses: T,
    /// The state received.
    pub state: State<T>,
    /// The ROM row's gas.
    pub charge: T,
    /// The ROM row's c: the register's number, 0 on memory rows.
    pub register: T,
    /// Whether the offset is a constant (memory rows; else 0).
    pub offset_constant: T,
    /// Time of the offset's wire: region (1 - offset_constant).
    pub offset_time: T,
    /// Identifier of the offset's wire: a on memory rows, else 0.
    pub offset_id: T,
    /// Limb 0 of the offset, over 32.
    pub offset_word: T,
    /// Limb 1 of the offset.
    pub offset_high: T,
    /// Whether a is a constant and the word written (`SET` rows; else 0).
    pub a_constant: T,
    /// Whether b is a constant and the word written (`MSTORE` rows; else 0).
    pub b_constant: T,
    /// a on `SET` rows, else 0.
    pub a: T,
    /// b on `MSTORE` rows, else 0.
    pub b: T,
    /// Time of the wire that is given or read: region (1 - a_constant - b_constant).
    pub word_time: T,
    /// Its identifier: id on `GET` and `MLOAD` rows, a + b on others.
    pub word_id: T,
    /// The access before.
    pub previous: Previous<T>,
    /// The word before.
    pub old: [T; LIMBS],
    /// The word after, which is the wire's; = old on `GET` and `MLOAD` rows.
    pub word: [T; LIMBS],
}

columns!(AccessCols);
