//! Decisions: may this be installed, may it run, is a nudge due, what is the approved model for the same work.
//!
//! Every function here is pure: facts, rules and the time come in, a value comes out. Nothing is opened, stored or shown,
//! and a refusal is a value with reasons, not an error.
//!
//! ```
//! use canteen_policy::{Policy, Refusal};
//! use canteen_types::{CatalogueState, Timestamp};
//!
//! let stale = CatalogueState::Stale { since: Timestamp::from_millis(0) };
//! assert_eq!(canteen_policy::may_fetch(&Policy::default(), stale), Err(vec![Refusal::CatalogueStale]));
//! ```

mod alternative;
mod ask;
mod best;
mod ladder;
mod nudge;
mod permit;
mod rules;
mod sampling;
mod work;

pub use alternative::{Alternative, Because, NothingSuits, Wanted, alternatives};
pub use ask::{MayAsk, Waiting, may_ask};
pub use best::{
    Best, BestAt, COMFORTABLE_MILLI, Candidate, Machine, Measured, Speed, Suits, best_for, expected_speed, lacking, suits,
};
pub use ladder::{Ladder, Rung};
pub use nudge::{
    Decision, Form, Held, Known, Moment, Over, Past, Plan, Presence, Quiet, Rule, Say, ShownBy, Sighted, Step, Why, WorkingDay,
    nudge_plan, state_after,
};
pub use permit::{Checked, Permit, Refusal, Warning, may_fetch, may_install, may_run};
pub use rules::{ExcludedFolder, NudgeRules, Policy, Room, WatchRules, WhenExpired, catalogue_state, room_for};
pub use sampling::{OutOfBounds, SamplingBounds, Span, sampling_bounds};
pub use work::likely_work;
