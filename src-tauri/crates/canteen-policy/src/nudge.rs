use std::collections::BTreeSet;
use std::time::Duration;

use canteen_types::{ByteSize, Grade, NudgeState, Signal, Timestamp, Verdict};

use crate::Policy;

/// One sighting, as far as a nudge is concerned.
#[derive(Clone, Debug)]
pub struct Sighted {
    /// How far its use has got.
    pub grade: Grade,
    /// Compared with the catalogue; `None` while the digest is being taken.
    pub verdict: Option<Verdict>,
    /// Kinds of evidence that agree now.
    pub signals: BTreeSet<Signal>,
    /// Size of the weights.
    pub size: ByteSize,
    /// A request about these bytes waits for IT.
    pub request_open: bool,
    /// A grant covers these bytes until then.
    pub granted_until: Option<Timestamp>,
}

/// An earlier nudge about the same bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// What became of it.
    pub state: NudgeState,
    /// When it was last shown.
    pub shown_at: Option<Timestamp>,
}

/// The moment of the decision, and the day around it.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Now.
    pub now: Timestamp,
    /// Nudges rest until then, by the person's wish.
    pub paused_until: Option<Timestamp>,
    /// Interrupting notifications already shown since local midnight.
    pub shown_today: u32,
}

/// Why nothing is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quiet {
    /// The verdict gives no cause.
    NoCause,
    /// The digest is still being taken.
    NotYetKnown,
    /// Only lying there, not in use.
    NotInUse,
    /// Smaller than the rules care about.
    TooSmall,
    /// Too few independent signals.
    TooFewSignals,
    /// The person has asked, or IT has allowed it.
    AskedOrGranted,
    /// Said already, and not long enough ago.
    SaidAlready,
}

/// What to do about one sighting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NudgeDecision {
    /// Keep the sighting, say nothing.
    Record(Quiet),
    /// Say it then.
    Hold {
        /// Not before.
        until: Timestamp,
    },
    /// Say it in the window and the tray; the day's interruptions are used up.
    Badge,
    /// Say it with a desktop notification, and in the window.
    Notify,
}

/// Decides about one sighting. `past` is the newest nudge about the same bytes.
///
/// A budget guards attention: habituation sets in after the second exposure to a warning (Anderson et al., CHI 2015), so at
/// most [`crate::NudgeRules::per_day`] interruptions a day, and one per bytes in [`crate::NudgeRules::quiet_days`] days.
#[must_use]
pub fn nudge_decision(policy: &Policy, sighted: &Sighted, past: Option<Past>, moment: Moment) -> NudgeDecision {
    if let Some(quiet) = no_cause(policy, sighted, moment.now) {
        return NudgeDecision::Record(quiet);
    }
    match past.map(|past| again_at(policy, past)) {
        Some(Again::Never) => return NudgeDecision::Record(Quiet::SaidAlready),
        Some(Again::At(time)) if moment.now < time => return NudgeDecision::Record(Quiet::SaidAlready),
        Some(Again::At(_)) | None => {}
    }
    match moment.paused_until {
        Some(until) if moment.now < until => NudgeDecision::Hold { until },
        _ if moment.shown_today >= u32::from(policy.nudge.per_day) => NudgeDecision::Badge,
        _ => NudgeDecision::Notify,
    }
}

fn no_cause(policy: &Policy, sighted: &Sighted, now: Timestamp) -> Option<Quiet> {
    match sighted.verdict {
        None => return Some(Quiet::NotYetKnown),
        Some(Verdict::Approved | Verdict::InventoryOnly) => return Some(Quiet::NoCause),
        Some(Verdict::ApprovedForOthers | Verdict::Altered | Verdict::Derivative | Verdict::Unapproved | Verdict::Dangerous) => {}
    }
    if sighted.grade < Grade::Loaded {
        Some(Quiet::NotInUse)
    } else if sighted.size < policy.nudge.minimum_size {
        Some(Quiet::TooSmall)
    } else if independent(&sighted.signals) < usize::from(policy.nudge.signals_needed) {
        Some(Quiet::TooFewSignals)
    } else if sighted.request_open || sighted.granted_until.is_some_and(|until| now < until) {
        Some(Quiet::AskedOrGranted)
    } else {
        None
    }
}

/// A port never counts alone: of nine name or port matches in a published case, seven were false.
fn independent(signals: &BTreeSet<Signal>) -> usize {
    if signals.iter().all(|signal| *signal == Signal::Port) { 0 } else { signals.len() }
}

enum Again {
    Never,
    At(Timestamp),
}

fn again_at(policy: &Policy, past: Past) -> Again {
    let quiet = Duration::from_secs(u64::from(policy.nudge.quiet_days) * 24 * 60 * 60);
    let after_showing = past.shown_at.map_or(Again::At(Timestamp::from_millis(i64::MIN)), |shown| Again::At(shown.plus(quiet)));
    match past.state {
        NudgeState::Due | NudgeState::Withdrawn if past.shown_at.is_none() => Again::At(Timestamp::from_millis(i64::MIN)),
        NudgeState::Held { until } | NudgeState::Snoozed { until } | NudgeState::Silenced { until } => Again::At(until),
        NudgeState::Shown => Again::Never,
        NudgeState::Due
        | NudgeState::Used
        | NudgeState::Asked
        | NudgeState::Dismissed
        | NudgeState::Ignored
        | NudgeState::Withdrawn => after_showing,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY_MS: i64 = 24 * 60 * 60 * 1000;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_millis(day * DAY_MS)
    }

    fn unapproved_in_use() -> Sighted {
        Sighted {
            grade: Grade::Loaded,
            verdict: Some(Verdict::Unapproved),
            signals: [Signal::Content, Signal::Holder].into(),
            size: ByteSize::new(100 << 20),
            request_open: false,
            granted_until: None,
        }
    }

    fn moment(now: Timestamp) -> Moment {
        Moment { now, paused_until: None, shown_today: 0 }
    }

    fn decide(change: impl FnOnce(&mut Sighted)) -> NudgeDecision {
        let mut sighted = unapproved_in_use();
        change(&mut sighted);
        nudge_decision(&Policy::default(), &sighted, None, moment(at(10)))
    }

    #[test]
    fn an_unapproved_model_in_use_is_nudged() {
        assert_eq!(decide(|_| ()), NudgeDecision::Notify);
    }

    #[test]
    fn without_cause_nothing_is_said() {
        use NudgeDecision::Record;
        assert_eq!(decide(|s| s.verdict = Some(Verdict::Approved)), Record(Quiet::NoCause));
        assert_eq!(decide(|s| s.verdict = Some(Verdict::InventoryOnly)), Record(Quiet::NoCause));
        assert_eq!(decide(|s| s.verdict = None), Record(Quiet::NotYetKnown));
        assert_eq!(decide(|s| s.grade = Grade::Present), Record(Quiet::NotInUse));
        assert_eq!(decide(|s| s.size = ByteSize::new(1 << 20)), Record(Quiet::TooSmall));
        assert_eq!(decide(|s| s.signals = [Signal::Content].into()), Record(Quiet::TooFewSignals));
        assert_eq!(decide(|s| s.signals = [Signal::Port].into()), Record(Quiet::TooFewSignals));
        assert_eq!(decide(|s| s.request_open = true), Record(Quiet::AskedOrGranted));
        assert_eq!(decide(|s| s.granted_until = Some(at(11))), Record(Quiet::AskedOrGranted));
        assert_eq!(decide(|s| s.granted_until = Some(at(9))), NudgeDecision::Notify, "a grant that ran out");
    }

    #[test]
    fn the_same_bytes_rest_for_their_quiet_time() {
        let said = |state, shown_day: i64, now: i64| {
            let past = Past { state, shown_at: Some(at(shown_day)) };
            nudge_decision(&Policy::default(), &unapproved_in_use(), Some(past), moment(at(now)))
        };
        let quiet = NudgeDecision::Record(Quiet::SaidAlready);
        assert_eq!(said(NudgeState::Shown, 1, 100), quiet, "still on the screen");
        assert_eq!(said(NudgeState::Dismissed, 1, 7), quiet);
        assert_eq!(said(NudgeState::Dismissed, 1, 8), NudgeDecision::Notify);
        assert_eq!(said(NudgeState::Snoozed { until: at(2) }, 1, 1), quiet);
        assert_eq!(said(NudgeState::Snoozed { until: at(2) }, 1, 2), NudgeDecision::Notify);
    }

    #[test]
    fn a_pause_holds_and_the_budget_moves_to_the_window() {
        let sighted = unapproved_in_use();
        let paused = Moment { paused_until: Some(at(12)), ..moment(at(10)) };
        assert_eq!(nudge_decision(&Policy::default(), &sighted, None, paused), NudgeDecision::Hold { until: at(12) });
        let spent = Moment { shown_today: 1, ..moment(at(10)) };
        assert_eq!(nudge_decision(&Policy::default(), &sighted, None, spent), NudgeDecision::Badge);
    }

    fn answers() -> impl Strategy<Value = NudgeState> {
        prop_oneof![
            Just(NudgeState::Dismissed),
            Just(NudgeState::Ignored),
            Just(NudgeState::Used),
            (1..40i64).prop_map(|day| NudgeState::Snoozed { until: at(day) }),
        ]
    }

    proptest! {
        /// Forty simulated days, looked at eight times a day: never more interruptions a day than allowed, and never two
        /// within the quiet time unless the person asked for it by snoozing.
        #[test]
        fn nobody_is_nagged_beyond_the_limits(answer in answers()) {
            let policy = Policy::default();
            let mut past: Option<Past> = None;
            let mut shown = Vec::new();
            for step in 0..(40 * 8) {
                let now = Timestamp::from_millis(step * DAY_MS / 8);
                let day = step / 8;
                let shown_today = shown.iter().filter(|t: &&Timestamp| t.as_millis() / DAY_MS == day).count();
                let moment = Moment { now, paused_until: None, shown_today: u32::try_from(shown_today).unwrap() };
                if nudge_decision(&policy, &unapproved_in_use(), past, moment) == NudgeDecision::Notify {
                    shown.push(now);
                    past = Some(Past { state: answer, shown_at: Some(now) });
                }
            }
            for pair in shown.windows(2) {
                prop_assert!(pair[0].as_millis() / DAY_MS != pair[1].as_millis() / DAY_MS, "two in one day");
            }
            if !matches!(answer, NudgeState::Snoozed { .. }) {
                for pair in shown.windows(2) {
                    prop_assert!(pair[1].since(pair[0]) >= Duration::from_secs(7 * 24 * 60 * 60));
                }
                prop_assert_eq!(shown.len(), 6, "and it is not forgotten");
            }
        }
    }
}
