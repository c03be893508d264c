//! *Why am I seeing this?* The rule that applies, the signals, what holds a notification back, and what the log holds about it.

use canteen_policy::{Decision, Policy, Quiet, Step, Why};
use canteen_store::{LogFilter, LogWord, NudgeRow, SightingRow};
use canteen_types::{NudgeId, NudgeReason, Signal, Verdict};

use crate::App;
use crate::fault::AppError;
use crate::instead::Instead;
use crate::models::Known;
use crate::nudging::{BADGE, WINDOW};
use crate::text::{Headline, Tongue};
use crate::wire::{self, Decided, Fault, Nudge, NudgeStep, NudgeWhy};

/// Rows of the log with a nudge.
const MOST_ROWS: u32 = 50;
/// How often the log is asked for the next part; each part is some thousand rows.
const MOST_PARTS: u32 = 4;
/// What of the log can be about a nudge.
const KINDS: [&str; 3] = ["sighting", "nudge", "request"];

impl App {
    /// A nudge with all that the log holds about it, and what of that was sent.
    ///
    /// # Errors
    /// When there is no such nudge, or the store cannot be read.
    pub async fn get_nudge(&self, id: NudgeId) -> Result<NudgeWhy, Fault> {
        let result = self
            .blocking(move |app| {
                let unknown = || AppError::Unknown { kind: "nudge", id: id.to_string() };
                let row = app.store.nudges().get(id)?.ok_or_else(unknown)?;
                let (recorded, more) = app.recorded(&row)?;
                Ok(NudgeWhy { nudge: app.shown_nudge(row, &app.known()?)?, recorded, more })
            })
            .await;
        self.told(result)
    }

    /// Rows of the log about a nudge's bytes or its sighting, newest first.
    fn recorded(&self, row: &NudgeRow) -> Result<(Vec<wire::LogRow>, bool), AppError> {
        let sighting = self.store.sightings().get(row.sighting)?;
        let since = sighting.map_or(row.created, |sighting| sighting.first_seen.min(row.created));
        let (mut rows, mut more) = (Vec::new(), false);
        for text in [row.digest.hex(), row.sighting.to_string()] {
            let filter = LogFilter {
                kinds: KINDS.map(str::to_owned).to_vec(),
                since: Some(since),
                words: vec![LogWord { text, kinds: Vec::new() }],
                ..LogFilter::default()
            };
            let mut before = None;
            for _ in 0..MOST_PARTS {
                let found = self.store.audit().find(&filter, before, MOST_ROWS)?;
                rows.extend(found.rows.iter().map(crate::ledger::log_row));
                before = found.next;
                if before.is_none() {
                    break;
                }
            }
            more |= before.is_some();
        }
        rows.sort_by_key(|row| std::cmp::Reverse(row.seq));
        rows.dedup_by_key(|row| row.seq);
        let most = usize::try_from(MOST_ROWS).unwrap_or(usize::MAX);
        more |= rows.len() > most;
        rows.truncate(most);
        Ok((rows, more))
    }

    /// Name of the approved model that this is a copy of, or was made from.
    pub(crate) fn kin_name(&self, row: &SightingRow) -> Option<String> {
        let kin = matches!(row.verdict, Some(Verdict::Altered | Verdict::Derivative));
        row.entry.as_ref().filter(|_| kin).map(|id| self.model_name(id))
    }

    pub(crate) fn shown_nudge(&self, row: NudgeRow, known: &Known) -> Result<Nudge, AppError> {
        let sighting = self.store.sightings().get(row.sighting)?;
        let instead = sighting.as_ref().map(|sighting| self.instead(sighting, known));
        let Instead { alternative, others, nothing_suits } = instead.unwrap_or_default();
        let subject = sighting.map(|row| wire::NudgeSubject {
            of: self.kin_name(&row),
            name: row.name,
            found_in: row.found_in,
            path: row.shown_path,
            holder: row.holder,
            since: row.first_seen,
        });
        let reason = row.reason.parse().unwrap_or(NudgeReason::Unapproved);
        let basis = row.basis.map(kept_basis);
        Ok(Nudge {
            id: row.id,
            sighting: row.sighting,
            title: row.title,
            body: row.body,
            state: row.state.word().to_owned(),
            until: row.state.until(),
            shown_by: row.shown_by.map(|by| if by == BADGE { WINDOW.to_owned() } else { by }),
            created: row.created,
            reason,
            alternative,
            others,
            nothing_suits,
            why: basis.as_ref().map_or(row.why, |basis| sentences(reason, basis)),
            basis,
            subject,
        })
    }
}

/// What is decided at this moment, for a face.
pub(crate) fn decided(decision: &Decision, policy: &Policy) -> Decided {
    let (step, say) = match &decision.step {
        Step::Nothing => (NudgeStep::Nothing, None),
        Step::Record(because) => (NudgeStep::Record { because: quiet(*because, policy) }, None),
        Step::Hold { until, say } => (NudgeStep::Hold { until: *until }, Some(say)),
        Step::Badge(say) => (NudgeStep::Badge, Some(say)),
        Step::Notify(_, say) => (NudgeStep::Notify, Some(say)),
        Step::Stop { say, .. } => (NudgeStep::Stop, Some(say)),
        Step::Stays(nudge) => (NudgeStep::Stays { nudge: *nudge }, None),
    };
    let basis = wire::NudgeBasis { deadline: say.and_then(|say| say.deadline), ..why_basis(&decision.why) };
    Decided { step, reason: decision.why.rule.map(|rule| rule.reason), basis }
}

const fn quiet(quiet: Quiet, policy: &Policy) -> wire::Quiet {
    match quiet {
        Quiet::NotYetKnown => wire::Quiet::NotYetKnown,
        Quiet::RecordOnly => wire::Quiet::RecordOnly,
        Quiet::TooSmall => wire::Quiet::TooSmall,
        Quiet::Asked => wire::Quiet::Asked,
        Quiet::Granted { until } => wire::Quiet::Granted { until },
        Quiet::NotInUse => wire::Quiet::NotInUse,
        Quiet::TooFewSignals => wire::Quiet::TooFewSignals { needed: policy.nudge.signals_needed },
        Quiet::Resting { until } => wire::Quiet::Resting { until },
        Quiet::SaidWith(sighting) => wire::Quiet::SaidWith { sighting },
    }
}

fn why_basis(why: &Why) -> wire::NudgeBasis {
    wire::NudgeBasis {
        rule: why.rule.map(canteen_policy::Rule::id),
        rung: why.rule.map(|rule| rule.rung.word().to_owned()),
        rules_version: why.version,
        rules_by: why.set_by.clone(),
        signals: why.signals.iter().copied().collect(),
        held_by: why.held.iter().flat_map(|held| held.by.iter().copied()).collect(),
        held_until: why.held.as_ref().and_then(|held| held.until),
        deadline: None,
    }
}

fn kept_basis(basis: canteen_store::NudgeBasis) -> wire::NudgeBasis {
    wire::NudgeBasis {
        rung: basis.rule.as_deref().and_then(|rule| rule.rsplit('.').next()).map(str::to_owned),
        rule: basis.rule,
        rules_version: basis.rules_version,
        rules_by: basis.rules_by,
        signals: basis.signals,
        held_by: basis.held_by,
        held_until: basis.held_until,
        deadline: basis.deadline,
    }
}

/// In English, as it is kept with a nudge.
pub(crate) fn why_sentences(why: &Why) -> Vec<String> {
    let reason = why.rule.map_or(NudgeReason::Unapproved, |rule| rule.reason);
    sentences(reason, &why_basis(why))
}

/// In English, for faces without texts of their own.
fn sentences(reason: NudgeReason, basis: &wire::NudgeBasis) -> Vec<String> {
    let rule = basis.rule.as_deref().map(|rule| format!(" {rule}")).unwrap_or_default();
    let setter = basis.rules_by.as_deref().unwrap_or("Canteen's defaults");
    let (about, version) = (reason_words(reason), basis.rules_version);
    let signals: Vec<&str> = basis.signals.iter().map(|signal| signal_words(*signal)).collect();
    vec![
        format!("Rule{rule}: {about} (rules version {version}, set by {setter})."),
        format!("Signals: {}.", signals.join(", ")),
        crate::ledger::sent::TOLD.to_owned(),
    ]
}

const fn reason_words(reason: NudgeReason) -> &'static str {
    match reason {
        NudgeReason::ApprovedForOthers => "models in use that are approved for other groups",
        NudgeReason::Derivative => "models in use that were made from an approved one",
        NudgeReason::Unapproved => "models in use that are not in the catalogue",
        NudgeReason::Altered => "files in use that look like an approved model and differ from it",
        NudgeReason::Recalled => "models that IT has recalled",
        NudgeReason::Dangerous => "files in use that can do harm when they are loaded",
    }
}

const fn signal_words(signal: Signal) -> &'static str {
    match signal {
        Signal::Content => "the file's content is that of model weights",
        Signal::Holder => "a running program holds the weights in memory",
        Signal::Computing => "that program is computing",
        Signal::Port => "a local port answers like a model server",
        Signal::Arguments => "the program was started with the model's digest",
    }
}

/// What a nudge says, in English, for faces without texts of their own.
pub(crate) struct Message {
    pub(crate) title: String,
    pub(crate) body: String,
}

impl App {
    pub(crate) fn message(
        &self,
        sighting: &SightingRow,
        reason: NudgeReason,
        alternative: Option<&wire::Alternative>,
    ) -> Message {
        let of = self.kin_name(sighting);
        let title = (Tongue::En.texts().note.headline)(&Headline { reason, name: &sighting.name, of: of.as_deref() });
        let seen = match &sighting.holder {
            Some(holder) => format!("{holder} is running it."),
            None => format!("It was found in {}.", sighting.found_in),
        };
        let instead = alternative.map_or("You can ask for approval.", |alternative| &alternative.because);
        Message { title, body: format!("{seen} {instead}") }
    }
}

#[cfg(test)]
mod tests {
    use canteen_policy::{Rule, Rung};
    use canteen_types::{HeldBy, Timestamp};

    use super::*;

    fn why(reason: NudgeReason) -> Why {
        Why {
            rule: Some(Rule { reason, rung: Rung::Toast }),
            version: 4,
            set_by: Some("Nordwind".into()),
            signals: [Signal::Content, Signal::Holder].into(),
            held: Some(canteen_policy::Held { by: [HeldBy::Budget].into(), until: Some(Timestamp::from_millis(9)) }),
        }
    }

    #[test]
    fn each_reason_is_told_as_what_it_is() {
        let mut told: Vec<String> = NudgeReason::ALL.iter().map(|reason| why_sentences(&why(*reason)).remove(0)).collect();
        assert_eq!(
            told.get(2).map(String::as_str),
            Some("Rule nudge.unapproved.toast: models in use that are not in the catalogue (rules version 4, set by Nordwind).")
        );
        told.sort();
        told.dedup();
        assert_eq!(told.len(), NudgeReason::ALL.len(), "{told:?}");
    }

    #[test]
    fn what_was_decided_crosses_whole() {
        let policy = Policy::default();
        let sighting = canteen_types::SightingId::new(Timestamp::from_millis(1), [1; 10]);
        let decision = Decision { sighting, step: Step::Record(Quiet::TooFewSignals), why: why(NudgeReason::Altered) };
        let decided = decided(&decision, &policy);
        assert_eq!(decided.step, NudgeStep::Record { because: wire::Quiet::TooFewSignals { needed: 2 } });
        assert_eq!(decided.reason, Some(NudgeReason::Altered));
        assert_eq!(decided.basis.rung.as_deref(), Some("toast"));
        assert_eq!((decided.basis.held_by, decided.basis.held_until), (vec![HeldBy::Budget], Some(Timestamp::from_millis(9))));
    }
}
