//! EXP: base ** e = (base ** (e >> 1))^2 base ** (e & 1), one row an exponent; a row asks for the power of half its exponent, down to 0.
//!
//! Every row says a true thing about three words if what it asks for is true, and asks for a smaller exponent: so all are true, whatever rows there are.
//! The products come from the mul chip. Fills `range`.

mod air;
mod columns;
mod generate;
#[cfg(test)]
mod tests;

pub use air::PowerAir;
pub use columns::PowerCols;
pub use generate::PowerRows;
