//! Months of people, models, restarts, sleep and clocks that go wrong: nobody is nagged beyond the limits, and nothing that is due
//! is lost.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper of a test may stop it")]

mod judge;
mod random;
mod world;

use canteen_types::Timestamp;
use proptest::prelude::*;

use judge::live;
use random::{lives, without_restarts};
use world::World;

/// A Monday in March: summer time begins within the first months, and ends within the year.
fn begin() -> World {
    World::new("2026-03-02T08:00:00Z".parse::<Timestamp>().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 6, max_shrink_iters: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Every rule of `judge` holds at every step of some months.
    #[test]
    fn nobody_is_nagged_beyond_the_limits_and_nothing_due_is_lost(life in lives(100..250)) {
        let mut world = begin();
        live(&mut world, life)?;
    }

    #[test]
    fn a_restart_changes_nothing(life in lives(50..150)) {
        let (mut with, mut without) = (begin(), begin());
        live(&mut without, without_restarts(&life))?;
        live(&mut with, life)?;
        let lived = |world: &World| world.shown.iter().map(|shown| (shown.at, shown.subject, shown.form)).collect::<Vec<_>>();
        prop_assert_eq!(lived(&with), lived(&without));
        prop_assert_eq!(with.rows, without.rows);
    }
}
