use canteen_catalogue::PolicyDocument;
use canteen_catalogue::document::{RungDocument, WhenExpiredWord, check_policy};
use canteen_catalogue::sign::SignError;
use canteen_types::NudgeReason;

use super::Session;
use crate::args::{Policy, PolicySet, WhenExpired};
use crate::draft::Draft;
use crate::out::table;
use crate::place::Company;

pub(super) fn run(asked: Policy, session: &Session) -> anyhow::Result<()> {
    match asked {
        Policy::Show(place) => show(&Draft(&Company::open(&place.dir)?).policy()?, session),
        Policy::Set(asked) => {
            let company = Company::open(&asked.place.dir)?;
            let draft = Draft(&company);
            let mut policy = draft.policy()?;
            change(&mut policy, &asked);
            check_policy(&policy).map_err(|source| SignError::Document { what: "The policy".to_owned(), source })?;
            draft.save_policy(&policy)?;
            show(&policy, session)
        }
    }
}

fn change(policy: &mut PolicyDocument, asked: &PolicySet) {
    fn set<T: Copy>(field: &mut T, asked: Option<T>) {
        if let Some(value) = asked {
            *field = value;
        }
    }
    set(&mut policy.stale_after_hours, asked.stale_after_hours);
    set(&mut policy.expired_after_hours, asked.expired_after_hours);
    set(&mut policy.when_expired, asked.when_expired.map(WhenExpiredWord::from));
    set(&mut policy.allow_partial_sandbox, asked.allow_partial_sandbox);
    set(&mut policy.max_answer_tokens, asked.max_answer_tokens);
    set(&mut policy.nudge.signals_needed, asked.signals_needed);
    set(&mut policy.nudge.per_day, asked.nudges_per_day);
    set(&mut policy.nudge.quiet_days, asked.quiet_days);
    set(&mut policy.nudge.minimum_size_bytes, asked.minimum_size);
    set(&mut policy.nudge.critical_per_day, asked.critical_per_day.map(Some));
    set(&mut policy.nudge.day_starts_at_hour, asked.day_starts_at.map(Some));
    if !asked.exclude_folder.is_empty() {
        policy.excluded_folders = asked.exclude_folder.iter().filter(|folder| *folder != "none").cloned().collect();
    }
    set(&mut policy.watch.ask_servers, asked.ask_servers.map(Some));
    for (reason, rung) in &asked.ladder {
        *policy.nudge.ladder.rung_mut(*reason) = *rung;
    }
}

fn show(policy: &PolicyDocument, session: &Session) -> anyhow::Result<()> {
    session.out.show(policy, |policy| {
        let when_expired = match policy.when_expired {
            WhenExpiredWord::Keep => "keep",
            WhenExpiredWord::Warn => "warn",
            WhenExpiredWord::Stop => "stop",
        };
        let row = |name: &str, value: String| vec![name.to_owned(), value];
        let or_standard = |value: Option<u8>| value.map_or_else(|| "standard".to_owned(), |value| value.to_string());
        let mut ladder = policy.nudge.ladder;
        let folders = if policy.excluded_folders.is_empty() { "none".to_owned() } else { policy.excluded_folders.join(", ") };
        let steps = NudgeReason::ALL.map(|reason| row(reason.word(), step(*ladder.rung_mut(reason))));
        table(
            &["RULE", "VALUE"],
            [
                row("stale after", format!("{} hours", policy.stale_after_hours)),
                row("expired after", format!("{} hours more", policy.expired_after_hours)),
                row("when expired", when_expired.to_owned()),
                row("partial sandbox", if policy.allow_partial_sandbox { "allowed" } else { "refused" }.to_owned()),
                row("longest answer", format!("{} tokens", policy.max_answer_tokens)),
                row("signals before a nudge", policy.nudge.signals_needed.to_string()),
                row("nudges per day", policy.nudge.per_day.to_string()),
                row("quiet days", policy.nudge.quiet_days.to_string()),
                row("smallest file", format!("{} bytes", policy.nudge.minimum_size_bytes)),
                row("critical per day", or_standard(policy.nudge.critical_per_day)),
                row("folders left out", folders),
                row("day starts at", or_standard(policy.nudge.day_starts_at_hour)),
                row("asks servers", if policy.watch.ask_servers == Some(false) { "no" } else { "yes" }.to_owned()),
            ]
            .into_iter()
            .chain(steps),
        )
    })
}

fn step(rung: Option<RungDocument>) -> String {
    match rung {
        Some(RungDocument::Record) => "record".to_owned(),
        Some(RungDocument::Badge) => "badge".to_owned(),
        Some(RungDocument::Toast) => "toast".to_owned(),
        Some(RungDocument::Deadline(days)) => format!("deadline after {days} days"),
        Some(RungDocument::Stop(days)) => format!("stop after {days} days"),
        None => "standard".to_owned(),
    }
}

impl From<WhenExpired> for WhenExpiredWord {
    fn from(word: WhenExpired) -> Self {
        match word {
            WhenExpired::Keep => Self::Keep,
            WhenExpired::Warn => Self::Warn,
            WhenExpired::Stop => Self::Stop,
        }
    }
}
