//! What is kept of a table's constraints between verifications is what they give.

use p3_air::symbolic::AirLayout;
use p3_air::{Air, BaseAir};
use p3_batch_stark::symbolic::get_log_num_quotient_chunks;
use p3_lookup::{InteractionSymbolicBuilder, LogUpGadget};
use sol2zk_chips::bus::F;
use sol2zk_chips::claim::ClaimAir;
use sol2zk_executor::isa::FORKS;

use crate::config::{Challenge, PROFILES};
use crate::key::{FIXED, fixed_tables};
use crate::outline::{Derived, Measured, Outline, derive, derived};
use crate::tables::{NAMES, Table, table};

const LOG_HEIGHT: usize = 6;

fn tables(fork: u8) -> Vec<Table> {
    let claim = ClaimAir::new(vec![]);
    fixed_tables(&[]).into_iter().chain((FIXED..NAMES.len()).map(|index| table(index, fork, &claim))).collect()
}

fn chunks<A>(air: &A, derived: &Derived) -> usize
where
    A: BaseAir<F> + Air<InteractionSymbolicBuilder<F, Challenge>>,
{
    get_log_num_quotient_chunks::<F, Challenge, _, _>(air, AirLayout::from_air::<F>(air), 1 << LOG_HEIGHT, &derived.lookups, 0, &LogUpGadget::new())
}

/// Rule sets take turns, so that an entry of one which serves another would be seen.
#[test]
fn what_is_kept_is_what_the_constraints_give_under_every_rule_set() {
    let config = PROFILES[3].config(&[]);
    for _ in 0..2 {
        for fork in 0..FORKS.len() as u8 {
            for table in tables(fork) {
                let kept = derived(&config, &table, LOG_HEIGHT).unwrap();
                let fresh = derive(&config, &table, LOG_HEIGHT).unwrap();
                let bytes = |derived: &Derived| postcard::to_allocvec(&derived.lookups).unwrap();
                assert!(bytes(&kept) == bytes(&fresh), "messages of {}", table.name());
                assert_eq!(kept.degree, fresh.degree, "degree of {}", table.name());
            }
        }
    }
}

#[test]
fn a_quotient_has_as_many_parts_as_the_constraints_ask_for() {
    let config = PROFILES[3].config(&[]);
    for table in tables(0) {
        if table.num_periodic_columns() == 0 {
            let kept = derived(&config, &table, LOG_HEIGHT).unwrap();
            assert_eq!(chunks(&Measured::new(&table, &kept), &kept), chunks(&Outline(&table), &kept), "{}", table.name());
            // a degree that is too small would be seen
            let wrong = Derived { lookups: Default::default(), degree: 9 };
            assert_eq!(chunks(&Measured::new(&table, &wrong), &wrong), 3, "{}", table.name());
        }
    }
}
