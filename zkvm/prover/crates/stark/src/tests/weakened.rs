//! A table with one constraint taken away: what shows that the mutation tests bite.

use p3_air::{Air, AirBuilder, BaseAir};
use p3_lookup::{Count, InteractionBuilder};
use sol2zk_chips::bus::F;
use sol2zk_chips::evaluate::Evaluator;

use crate::tables::Table;

/// The table without its constraint of this ordinal.
pub(super) struct Without<'a> {
    pub(super) table: &'a Table,
    pub(super) constraint: usize,
}

/// Passes everything on but one constraint.
struct Skip<'a, B> {
    inner: &'a mut B,
    constraint: usize,
    next: usize,
}

impl BaseAir<F> for Without<'_> {
    fn width(&self) -> usize {
        self.table.width()
    }
}

impl<'a> Air<Evaluator<'a>> for Without<'_> {
    fn eval(&self, builder: &mut Evaluator<'a>) {
        self.table.eval(&mut Skip { inner: builder, constraint: self.constraint, next: 0 });
    }
}

impl<B: AirBuilder<F = F>> AirBuilder for Skip<'_, B> {
    type F = F;
    type Expr = B::Expr;
    type Var = B::Var;
    type PreprocessedWindow = B::PreprocessedWindow;
    type MainWindow = B::MainWindow;
    type PublicVar = B::PublicVar;
    type PeriodicVar = B::PeriodicVar;

    fn main(&self) -> Self::MainWindow {
        self.inner.main()
    }
    fn preprocessed(&self) -> &Self::PreprocessedWindow {
        self.inner.preprocessed()
    }
    fn is_first_row(&self) -> Self::Expr {
        self.inner.is_first_row()
    }
    fn is_last_row(&self) -> Self::Expr {
        self.inner.is_last_row()
    }
    fn is_transition(&self) -> Self::Expr {
        self.inner.is_transition()
    }
    fn assert_zero<I: Into<Self::Expr>>(&mut self, x: I) {
        if self.next != self.constraint {
            self.inner.assert_zero(x);
        }
        self.next += 1;
    }
    fn public_values(&self) -> &[Self::PublicVar] {
        self.inner.public_values()
    }
    fn periodic_values(&self) -> &[Self::PeriodicVar] {
        self.inner.periodic_values()
    }
}

impl<B: InteractionBuilder<F = F>> InteractionBuilder for Skip<'_, B> {
    fn push_interaction<E: Into<Self::Expr>>(&mut self, bus_name: &str, fields: impl IntoIterator<Item = E>, count: impl Into<Count<Self::Expr>>) {
        self.inner.push_interaction(bus_name, fields, count);
    }
    fn push_local_interaction(&mut self, tuples: impl IntoIterator<Item = (Vec<Self::Expr>, Count<Self::Expr>)>) {
        self.inner.push_local_interaction(tuples);
    }
}
