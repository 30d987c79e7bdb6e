use p3_field::{Field, PrimeCharacteristicRing};
use p3_matrix::dense::RowMajorMatrix;
use ruint::aliases::U256;
use sol2zk_executor::isa;
use sol2zk_executor::trace::PureStep;

use super::columns::ShiftCols;
use crate::bus::F;
use crate::columns::LIMBS;
use crate::context::{Context, Rows};
use crate::word::{limbs, limbs16};

/// Rows of the shifts.
#[derive(Clone, Debug, Default)]
pub struct ShiftRows(Rows);

impl ShiftRows {
    /// Appends a row.
    pub fn push(&mut self, step: &PureStep, ctx: &mut Context) {
        let columns = ShiftCols::view_mut(self.0.push(ShiftCols::<F>::WIDTH));
        let [a, b, _] = step.operands;
        let left = step.op == isa::SHL;
        let sar = step.op == isa::SAR;
        columns.shl = F::from_bool(left);
        columns.shr = F::from_bool(!left && !sar);
        columns.sar = F::from_bool(sar);
        columns.id = F::from_u32(step.id);
        columns.region = F::from_u32(step.region);
        columns.uses = ctx.uses(step.region, step.id);
        ctx.operand(&mut columns.a, step.id, 0, step.region, a);
        ctx.operand(&mut columns.b, step.id, 1, step.region, b);

        let top = u32::from(limbs16(b)[LIMBS - 1]);
        let sign = if sar { top >> 15 } else { 0 };
        if sar {
            ctx.range16((top & 0x7fff) * 2);
        }
        columns.sign = F::from_u32(sign);
        let amount = limbs16(a);
        let high: u32 = amount[1..].iter().copied().map(u32::from).sum();
        let fill = if sign == 1 { U256::MAX } else { U256::ZERO };
        if high != 0 {
            columns.high = F::ONE;
            columns.inverse = F::from_u32(high).inverse();
            (columns.top, columns.result) = (F::from_u32(sign << 16), limbs(fill));
        } else if amount[0] >= 256 {
            columns.low = F::ONE;
            ctx.range16(u32::from(amount[0]) - 256);
            (columns.top, columns.result) = (F::from_u32(sign << 16), limbs(fill));
        } else {
            small(columns, b, usize::from(amount[0]), left, sign, ctx);
            let s = usize::from(amount[0]);
            let shifted = if left { b << s } else { b >> s };
            columns.result = limbs(if s == 0 || left { shifted } else { shifted | (fill << (256 - s)) });
        }
    }

    /// The table.
    pub fn finish(self) -> Option<RowMajorMatrix<F>> {
        self.0.finish(ShiftCols::<F>::WIDTH, 2)
    }
}

/// Fills the move by `amount` < 256 and the product.
fn small(columns: &mut ShiftCols<F>, b: U256, amount: usize, left: bool, sign: u32, ctx: &mut Context) {
    let distance = if left { amount / 16 } else { amount.div_ceil(16) };
    let bits = if left { amount % 16 } else { 16 * distance - amount };
    let (byte, k) = (bits / 8, bits % 8);
    columns.moves[if left || distance == 0 { distance } else { LIMBS - 1 + distance }] = F::ONE;
    columns.powers[k] = F::ONE;
    columns.byte = F::from_usize(byte);
    let (mut carry, mut high) = (0, 0);
    let mut carries = [0; LIMBS];
    for (i, limb) in limbs16(b).into_iter().enumerate() {
        let product = (u32::from(limb) << k) + carry;
        carry = product >> 16;
        high = product >> 8 & 0xff;
        carries[i] = carry as u8;
        ctx.limb_bytes(product as u16);
        columns.product_low[i] = F::from_u32(product & 0xff);
        columns.product_high[i] = F::from_u32(high);
        columns.carries[i] = F::from_u32(carry);
    }
    for pair in carries.chunks(2) {
        ctx.limb_bytes(u16::from_le_bytes([pair[0], pair[1]]));
    }
    let fill = |bits: u32| carry + sign * ((1 << bits) - (1 << k));
    columns.top = F::from_u32(if byte == 1 { (fill(8) << 8) + high } else { fill(16) });
}
