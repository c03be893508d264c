use std::borrow::Cow;
use std::time::Duration;

use canteen_types::{NudgeState, Timestamp};

use super::Past;

/// A clock that is set back by no more than this is left to pass: a change of zone or of summer time moves the working day only,
/// and what is kept for later than now counts as of today. A day and the widest difference between two zones.
const PASSES: Duration = Duration::from_secs((24 + 26) * 60 * 60);

/// The history with times as they would be, had the clock always gone as it goes now; what can stay is borrowed.
///
/// The clock stood far ahead and was set right: without this, a nudge of the wrong year would be silent until that year. The last
/// change under the wrong clock becomes now, and the distances stay, so that nothing comes earlier than it would have.
pub(super) fn set_right<'h>(history: &'h [Past], now: Timestamp) -> Vec<Cow<'h, Past>> {
    let ahead = history.iter().map(|past| past.set_at.since(now)).max().unwrap_or_default();
    let right =
        |past: &'h Past| if ahead > PASSES && now < past.set_at { Cow::Owned(moved(past, ahead)) } else { Cow::Borrowed(past) };
    history.iter().map(right).collect()
}

fn moved(past: &Past, ahead: Duration) -> Past {
    let back = |at: Timestamp| at.minus(ahead);
    let mut past = past.clone();
    past.set_at = back(past.set_at);
    past.shown = past.shown.map(|(at, by)| (back(at), by));
    past.notified.iter_mut().for_each(|at| *at = back(*at));
    if let Some(deadline) = &mut past.deadline {
        (deadline.announced, deadline.at) = (back(deadline.announced), back(deadline.at));
    }
    match &mut past.state {
        NudgeState::Held { until } | NudgeState::Snoozed { until } | NudgeState::Silenced { until } => *until = back(*until),
        NudgeState::Due
        | NudgeState::Shown
        | NudgeState::Used
        | NudgeState::Asked
        | NudgeState::Dismissed
        | NudgeState::Ignored
        | NudgeState::Withdrawn => {}
    }
    past
}
