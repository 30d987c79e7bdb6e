//! The bitwise AND of limbs that no mask settles: one row a pair of 16-bit values.
