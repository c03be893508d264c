use std::time::Duration;

use canteen_types::{NudgeAnswer, NudgeState, Timestamp};

use super::WorkingDay;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What an answer makes of a nudge; `None` for *Ask*, whose form may be closed again: only a request that was sent counts.
#[must_use]
pub fn state_after(answer: NudgeAnswer, now: Timestamp, day: WorkingDay) -> Option<NudgeState> {
    let silenced = |days| Some(NudgeState::Silenced { until: now.plus(DAY * days) });
    match answer {
        NudgeAnswer::Use => Some(NudgeState::Used),
        NudgeAnswer::Ask => None,
        // Never within the same working day: its interruption is used up, and a time that is named is kept.
        NudgeAnswer::Snooze => Some(NudgeState::Snoozed { until: day.next_morning.max(day.ends) }),
        NudgeAnswer::Dismiss => Some(NudgeState::Dismissed),
        NudgeAnswer::SilenceDay => silenced(1),
        NudgeAnswer::SilenceWeek => silenced(7),
        NudgeAnswer::SilenceMonth => silenced(30),
    }
}
