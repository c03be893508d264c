//! What became of nudges, counted on this computer from what is kept about them. Nobody is sent the figures.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use canteen_store::OutcomeRow;
use canteen_types::{Digest, NudgeState, Timestamp};

use crate::App;
use crate::wire::{Fault, ModelOutcomes, OutcomeCounts, Outcomes, OutcomesOf};

/// Nudges that are counted, the newest. At one a working day that is the work of some decades.
const MOST_COUNTED: u32 = 10_000;
/// Models in the list.
const MOST_MODELS: usize = 100;
const MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);

impl App {
    /// What became of nudges.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn get_outcomes(&self) -> Result<Outcomes, Fault> {
        let result = self.blocking(|app| Ok(outcomes(&app.store.nudges().outcomes(MOST_COUNTED)?, app.now()))).await;
        self.told(result)
    }
}

/// What became of one nudge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Moved,
    Asked,
    Disputed,
    PutOff,
    Silenced,
    Closed,
    Ignored,
    Gone,
    Waiting,
}

/// `rows` are the newest first.
fn outcomes(rows: &[OutcomeRow], now: Timestamp) -> Outcomes {
    let mut disputed = BTreeSet::new();
    let counted: Vec<(&OutcomeRow, Outcome)> = rows
        .iter()
        .map(|row| {
            // A sighting is disputed once: that was the answer to the newest nudge about it.
            let disputes = row.disputed && disputed.insert(row.sighting);
            (row, outcome(row.state, disputes))
        })
        .collect();
    let month = now.minus(MONTH);
    Outcomes {
        since: rows.last().map(|row| row.shown_at),
        month: of(counted.iter().filter(|(row, _)| month <= row.shown_at)),
        all: of(counted.iter()),
    }
}

const fn outcome(state: NudgeState, disputed: bool) -> Outcome {
    match state {
        NudgeState::Used => Outcome::Moved,
        NudgeState::Asked => Outcome::Asked,
        _ if disputed => Outcome::Disputed,
        NudgeState::Snoozed { .. } => Outcome::PutOff,
        NudgeState::Silenced { .. } => Outcome::Silenced,
        NudgeState::Dismissed => Outcome::Closed,
        NudgeState::Ignored => Outcome::Ignored,
        NudgeState::Withdrawn => Outcome::Gone,
        NudgeState::Due | NudgeState::Held { .. } | NudgeState::Shown => Outcome::Waiting,
    }
}

fn of<'a>(counted: impl Iterator<Item = &'a (&'a OutcomeRow, Outcome)>) -> OutcomesOf {
    let mut counts = OutcomeCounts::default();
    let mut models: BTreeMap<Digest, ModelOutcomes> = BTreeMap::new();
    for (row, outcome) in counted {
        add(&mut counts, *outcome);
        let empty = || ModelOutcomes { digest: row.digest, name: None, counts: OutcomeCounts::default() };
        let model = models.entry(row.digest).or_insert_with(empty);
        // The newest name that is known.
        model.name = model.name.take().or_else(|| row.name.clone());
        add(&mut model.counts, *outcome);
    }
    let mut models: Vec<ModelOutcomes> = models.into_values().collect();
    models.sort_by_key(|model| std::cmp::Reverse(model.counts.shown));
    models.truncate(MOST_MODELS);
    OutcomesOf { counts, models }
}

const fn add(counts: &mut OutcomeCounts, outcome: Outcome) {
    let (one, acted) = match outcome {
        Outcome::Moved => (&mut counts.moved, 1),
        Outcome::Asked => (&mut counts.asked, 1),
        Outcome::Disputed => (&mut counts.disputed, 1),
        Outcome::PutOff => (&mut counts.put_off, 1),
        Outcome::Silenced => (&mut counts.silenced, 1),
        Outcome::Closed => (&mut counts.closed, 1),
        Outcome::Ignored => (&mut counts.ignored, 0),
        Outcome::Gone => (&mut counts.gone, 0),
        Outcome::Waiting => (&mut counts.waiting, 0),
    };
    *one = one.saturating_add(1);
    counts.shown = counts.shown.saturating_add(1);
    counts.acted = counts.acted.saturating_add(acted);
}

#[cfg(test)]
mod tests {
    use canteen_types::SightingId;
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1000;
    const NOW: Timestamp = Timestamp::from_millis(100 * DAY);
    const LATER: Timestamp = Timestamp::from_millis(107 * DAY);

    /// A nudge about `model`, shown so many days ago.
    fn row(model: u8, days: i64, state: NudgeState) -> OutcomeRow {
        OutcomeRow {
            sighting: SightingId::new(NOW, [model; 10]),
            digest: Digest::new([model; 32]),
            name: Some(format!("model {model}")),
            state,
            shown_at: Timestamp::from_millis(NOW.as_millis() - days * DAY),
            disputed: false,
        }
    }

    #[test]
    fn each_answer_counts_where_it_belongs() {
        let rows = [
            row(1, 1, NudgeState::Used),
            row(1, 2, NudgeState::Asked),
            row(1, 3, NudgeState::Snoozed { until: LATER }),
            row(1, 4, NudgeState::Silenced { until: LATER }),
            row(1, 5, NudgeState::Dismissed),
            row(1, 6, NudgeState::Ignored),
            row(1, 7, NudgeState::Withdrawn),
            row(1, 8, NudgeState::Shown),
        ];
        let expected = OutcomeCounts {
            shown: 8,
            acted: 5,
            moved: 1,
            asked: 1,
            disputed: 0,
            put_off: 1,
            silenced: 1,
            closed: 1,
            ignored: 1,
            gone: 1,
            waiting: 1,
        };
        let counted = outcomes(&rows, NOW);
        assert_eq!(counted.all.counts, expected);
        assert_eq!(counted.month, counted.all);
        assert_eq!(counted.since, rows.last().map(|row| row.shown_at));
    }

    #[test]
    fn a_dispute_is_the_answer_to_the_newest_nudge_and_takes_no_other_answer_away() {
        let disputed = |days, state| OutcomeRow { disputed: true, ..row(1, days, state) };
        let counts = |rows: &[OutcomeRow]| outcomes(rows, NOW).all.counts;
        let two = counts(&[disputed(1, NudgeState::Withdrawn), disputed(9, NudgeState::Ignored)]);
        assert_eq!((two.disputed, two.ignored, two.acted), (1, 1, 1));
        let used = counts(&[disputed(1, NudgeState::Used)]);
        assert_eq!((used.moved, used.disputed), (1, 0));
    }

    #[test]
    fn the_last_thirty_days_end_at_the_moment() {
        let counted = outcomes(&[row(1, 30, NudgeState::Used), row(2, 31, NudgeState::Used)], NOW);
        assert_eq!((counted.month.counts.shown, counted.all.counts.shown), (1, 2));
        assert_eq!(outcomes(&[], NOW), Outcomes { since: None, month: OutcomesOf::default(), all: OutcomesOf::default() });
    }

    #[test]
    fn a_model_is_its_bytes_under_its_newest_known_name_and_the_most_told_comes_first() {
        let nameless = OutcomeRow { name: None, ..row(2, 1, NudgeState::Used) };
        let renamed = OutcomeRow { name: Some("old name".into()), ..row(2, 3, NudgeState::Used) };
        let models = outcomes(&[nameless, row(2, 2, NudgeState::Asked), row(1, 2, NudgeState::Used), renamed], NOW).all.models;
        let told: Vec<_> = models.iter().map(|model| (model.name.as_deref(), model.counts.shown)).collect();
        assert_eq!(told, [(Some("model 2"), 3), (Some("model 1"), 1)]);
    }

    fn state() -> impl Strategy<Value = NudgeState> {
        prop_oneof![
            Just(NudgeState::Due),
            Just(NudgeState::Shown),
            Just(NudgeState::Used),
            Just(NudgeState::Asked),
            Just(NudgeState::Snoozed { until: LATER }),
            Just(NudgeState::Silenced { until: LATER }),
            Just(NudgeState::Dismissed),
            Just(NudgeState::Ignored),
            Just(NudgeState::Withdrawn),
        ]
    }

    proptest! {
        #[test]
        fn every_nudge_counts_once(all in proptest::collection::vec((0..4_u8, 0..60_i64, state(), any::<bool>()), 0..40)) {
            let rows: Vec<OutcomeRow> =
                all.into_iter().map(|(model, days, state, disputed)| OutcomeRow { disputed, ..row(model, days, state) }).collect();
            let counted = outcomes(&rows, NOW);
            for of in [&counted.month, &counted.all] {
                let c = of.counts;
                prop_assert_eq!(c.acted, c.moved + c.asked + c.disputed + c.put_off + c.silenced + c.closed);
                prop_assert_eq!(c.shown, c.acted + c.ignored + c.gone + c.waiting);
                prop_assert_eq!(c.shown, of.models.iter().map(|model| model.counts.shown).sum::<u32>());
            }
            prop_assert_eq!(counted.all.counts.shown as usize, rows.len());
        }
    }
}
