use std::collections::BTreeSet;

use canteen_types::{Digest, Grade, NudgeReason, Signal, Timestamp, Verdict};

use super::signals::counted;
use super::{Quiet, Sighted, Step};
use crate::{NudgeRules, Rung};

/// What a nudge is about: the same bytes for the same reason are one thing, however many copies lie around.
pub(super) type Subject = (Digest, NudgeReason);

/// A sighting that gives cause for a nudge.
#[derive(Clone, Debug)]
pub(super) struct Cause<'a> {
    pub(super) sighted: &'a Sighted,
    pub(super) subject: Subject,
    /// How far the rules let this one go.
    pub(super) rung: Rung,
    /// Signals that count.
    pub(super) signals: BTreeSet<Signal>,
    /// What is missing for being in use beyond the doubt that the rules allow.
    missing: Option<Quiet>,
}

impl Cause<'_> {
    /// In use now, beyond the doubt that the rules allow.
    pub(super) const fn in_use(&self) -> bool {
        self.missing.is_none()
    }

    /// It looks different and passes what else holds a notification back.
    pub(super) fn critical(&self) -> bool {
        self.in_use() && matches!(self.subject.1, NudgeReason::Dangerous | NudgeReason::Recalled)
    }

    /// What is missing before something may be said for the first time. A recall names the bytes by their digest: nothing about
    /// it is doubtful, wherever they lie.
    pub(super) fn unproven(&self) -> Option<Quiet> {
        self.missing.filter(|_| self.subject.1 != NudgeReason::Recalled)
    }
}

/// The reason for a nudge, whatever the rules make of it.
pub(super) fn reason(sighted: &Sighted) -> Result<Subject, Step> {
    let reason = match sighted.verdict {
        _ if sighted.recalled => NudgeReason::Recalled,
        None => return Err(Step::Record(Quiet::NotYetKnown)),
        Some(Verdict::Approved | Verdict::InventoryOnly) => return Err(Step::Nothing),
        Some(Verdict::ApprovedForOthers) => NudgeReason::ApprovedForOthers,
        Some(Verdict::Derivative) => NudgeReason::Derivative,
        Some(Verdict::Unapproved) => NudgeReason::Unapproved,
        Some(Verdict::Altered) => NudgeReason::Altered,
        Some(Verdict::Dangerous) => NudgeReason::Dangerous,
    };
    sighted.digest.map(|digest| (digest, reason)).ok_or(Step::Record(Quiet::NotYetKnown))
}

/// Whether the rules and what IT was asked leave a cause.
pub(super) fn cause<'a>(rules: &NudgeRules, sighted: &'a Sighted, subject: Subject, now: Timestamp) -> Result<Cause<'a>, Quiet> {
    let rung = rules.ladder.rung(subject.1);
    if rung == Rung::Record {
        return Err(Quiet::RecordOnly);
    }
    if sighted.size < rules.minimum_size {
        return Err(Quiet::TooSmall);
    }
    // A recall is an order that comes after what was allowed.
    if subject.1 != NudgeReason::Recalled {
        if sighted.request_open {
            return Err(Quiet::Asked);
        }
        if let Some(until) = sighted.granted_until.filter(|until| now < *until) {
            return Err(Quiet::Granted { until });
        }
    }
    let signals = counted(&sighted.signals);
    let missing = if sighted.grade < Grade::Loaded {
        Some(Quiet::NotInUse)
    } else {
        (signals.len() < usize::from(rules.signals_needed)).then_some(Quiet::TooFewSignals)
    };
    // What was recalled and only lies there is no hurry.
    let rung = if missing.is_some() && subject.1 == NudgeReason::Recalled { rung.min(Rung::Badge) } else { rung };
    Ok(Cause { sighted, subject, rung, signals, missing })
}
