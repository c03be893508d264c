use std::time::Duration;

use canteen_policy::{ExcludedFolder, Ladder, NudgeRules, Policy, Rung, WatchRules, WhenExpired};
use canteen_types::{ByteSize, NudgeReason};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FORMAT;
use super::checks::{DocumentError, count, distinct, line, within};
use super::folder::folder;

const HOUR: u64 = 60 * 60;
/// Ten years, in hours.
const LONGEST: u64 = 10 * 365 * 24;

/// `policy.json`: the signed rules of the organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Canteen policy")]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    /// Always 1; a reader refuses any other.
    #[schemars(range(min = 1, max = 1))]
    pub format: u32,
    /// Grows with every change.
    #[schemars(range(min = 1))]
    pub version: u64,
    /// Who signs.
    #[schemars(length(min = 1, max = 200))]
    pub organisation: String,
    /// Hours without a successful check after which the catalogue counts as stale.
    #[schemars(range(min = 1, max = 87_600))]
    pub stale_after_hours: u64,
    /// Hours of staleness after which it counts as expired.
    #[schemars(range(min = 0, max = 87_600))]
    pub expired_after_hours: u64,
    /// What happens to installed models then.
    pub when_expired: WhenExpiredWord,
    /// Engines may run although the kernel lacks a part of the sandbox.
    pub allow_partial_sandbox: bool,
    /// Longest answer that a person may ask for, in tokens.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub max_answer_tokens: u32,
    /// When nudges may be shown.
    pub nudge: NudgeDocument,
    /// Folders that are not looked through for models, with all below them: `~` is each person's home folder, `~/Archive` lies
    /// in it, others are whole paths. No wildcards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64), inner(length(min = 1, max = 512)))]
    pub excluded_folders: Vec<String>,
    /// What the watch may do; what is absent is as Canteen does by itself.
    #[serde(default, skip_serializing_if = "WatchDocument::is_standard")]
    pub watch: WatchDocument,
}

/// What the watch may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WatchDocument {
    /// Servers of the person on this computer are asked what they are, once each; absent means yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask_servers: Option<bool>,
}

impl WatchDocument {
    /// Nothing differs from Canteen's own rules.
    #[must_use]
    pub fn is_standard(&self) -> bool {
        *self == Self::default()
    }
}

/// What happens to installed models when the catalogue has expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhenExpiredWord {
    /// They run as before.
    Keep,
    /// They run, and every start says so.
    Warn,
    /// They do not start.
    Stop,
}

/// When a nudge may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NudgeDocument {
    /// Independent signals that must agree.
    #[schemars(range(min = 1, max = 5))]
    pub signals_needed: u8,
    /// Interrupting notifications per person and day.
    #[schemars(range(min = 0, max = 24))]
    pub per_day: u8,
    /// Days before the same bytes may be mentioned again.
    #[schemars(range(min = 0, max = 3650))]
    pub quiet_days: u16,
    /// Smaller files are never nudged about, in bytes.
    pub minimum_size_bytes: u64,
    /// So many more interruptions a day for what is dangerous or recalled and runs; absent means 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 24))]
    pub critical_per_day: Option<u8>,
    /// Hour of the person's clock at which a working day begins; absent means 4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 12))]
    pub day_starts_at_hour: Option<u8>,
    /// How far nudges go, by what they are about; what is absent means a notification and nothing that follows.
    #[serde(default, skip_serializing_if = "LadderDocument::is_standard")]
    pub ladder: LadderDocument,
}

/// How far nudges go, by what they are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LadderDocument {
    /// Approved, for another group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_for_others: Option<RungDocument>,
    /// Made from an approved model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derivative: Option<RungDocument>,
    /// Not in the catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unapproved: Option<RungDocument>,
    /// Claims to be approved bytes but differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub altered: Option<RungDocument>,
    /// Must not run any more. What only lies there gets a badge at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recalled: Option<RungDocument>,
    /// Can do harm when loaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dangerous: Option<RungDocument>,
}

/// How far a nudge goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RungDocument {
    /// The sighting is kept and nothing is said.
    Record,
    /// Tray and window.
    Badge,
    /// A notification, too.
    Toast,
    /// The notification names a date, so many days after it.
    Deadline(#[schemars(range(min = 1, max = 365))] u16),
    /// After that date, so many days after it was told, the program is stopped.
    Stop(#[schemars(range(min = 1, max = 365))] u16),
}

impl LadderDocument {
    /// Nothing differs from Canteen's own rules.
    #[must_use]
    pub fn is_standard(&self) -> bool {
        *self == Self::default()
    }

    /// What is said about `reason`; absent is the standard.
    pub const fn rung_mut(&mut self, reason: NudgeReason) -> &mut Option<RungDocument> {
        match reason {
            NudgeReason::ApprovedForOthers => &mut self.approved_for_others,
            NudgeReason::Derivative => &mut self.derivative,
            NudgeReason::Unapproved => &mut self.unapproved,
            NudgeReason::Altered => &mut self.altered,
            NudgeReason::Recalled => &mut self.recalled,
            NudgeReason::Dangerous => &mut self.dangerous,
        }
    }

    fn ladder(mut self) -> Result<Ladder, DocumentError> {
        let mut ladder = Ladder::default();
        for reason in NudgeReason::ALL {
            if let Some(rung) = *self.rung_mut(reason) {
                *ladder.rung_mut(reason) = rung.rung(reason)?;
            }
        }
        Ok(ladder)
    }
}

impl RungDocument {
    fn rung(self, reason: NudgeReason) -> Result<Rung, DocumentError> {
        let days = |days| within(&format!("nudge.ladder.{}", reason.word()), days, 1, 365).map(|()| days);
        Ok(match self {
            Self::Record => Rung::Record,
            Self::Badge => Rung::Badge,
            Self::Toast => Rung::Toast,
            Self::Deadline(after) => Rung::Deadline { days: days(after)? },
            Self::Stop(after) => Rung::Stop { days: days(after)? },
        })
    }
}

impl PolicyDocument {
    /// The rules that hold where an organisation decided nothing else.
    #[must_use]
    pub fn standard(organisation: &str) -> Self {
        let policy = Policy::default();
        Self {
            format: FORMAT,
            version: 1,
            organisation: organisation.to_owned(),
            stale_after_hours: policy.stale_after.as_secs() / HOUR,
            expired_after_hours: policy.expired_after.as_secs() / HOUR,
            when_expired: match policy.when_expired {
                WhenExpired::Keep => WhenExpiredWord::Keep,
                WhenExpired::Warn => WhenExpiredWord::Warn,
                WhenExpired::Stop => WhenExpiredWord::Stop,
            },
            allow_partial_sandbox: policy.allow_partial_sandbox,
            max_answer_tokens: policy.max_answer_tokens,
            nudge: NudgeDocument {
                signals_needed: policy.nudge.signals_needed,
                per_day: policy.nudge.per_day,
                quiet_days: policy.nudge.quiet_days,
                minimum_size_bytes: policy.nudge.minimum_size.bytes(),
                critical_per_day: None,
                day_starts_at_hour: None,
                ladder: LadderDocument::default(),
            },
            excluded_folders: Vec::new(),
            watch: WatchDocument::default(),
        }
    }
}

impl TryFrom<PolicyDocument> for Policy {
    type Error = DocumentError;
    fn try_from(document: PolicyDocument) -> Result<Self, DocumentError> {
        within("format", document.format, FORMAT, FORMAT)?;
        within("version", document.version, 1, u64::MAX)?;
        line("organisation", &document.organisation, 200)?;
        within("stale_after_hours", document.stale_after_hours, 1, LONGEST)?;
        within("expired_after_hours", document.expired_after_hours, 0, LONGEST)?;
        within("max_answer_tokens", document.max_answer_tokens, 1, 1_000_000)?;
        let nudge = document.nudge;
        within("nudge.signals_needed", nudge.signals_needed, 1, 5)?;
        within("nudge.per_day", nudge.per_day, 0, 24)?;
        within("nudge.quiet_days", nudge.quiet_days, 0, 3650)?;
        let standard = NudgeRules::default();
        let critical_per_day = nudge.critical_per_day.unwrap_or(standard.critical_per_day);
        within("nudge.critical_per_day", critical_per_day, 0, 24)?;
        let day_starts_at = nudge.day_starts_at_hour.unwrap_or(standard.day_starts_at);
        within("nudge.day_starts_at_hour", day_starts_at, 0, 12)?;
        Ok(Self {
            version: document.version,
            organisation: document.organisation,
            stale_after: Duration::from_secs(document.stale_after_hours * HOUR),
            expired_after: Duration::from_secs(document.expired_after_hours * HOUR),
            when_expired: match document.when_expired {
                WhenExpiredWord::Keep => WhenExpired::Keep,
                WhenExpiredWord::Warn => WhenExpired::Warn,
                WhenExpiredWord::Stop => WhenExpired::Stop,
            },
            allow_partial_sandbox: document.allow_partial_sandbox,
            max_answer_tokens: document.max_answer_tokens,
            nudge: NudgeRules {
                signals_needed: nudge.signals_needed,
                per_day: nudge.per_day,
                quiet_days: nudge.quiet_days,
                minimum_size: ByteSize::new(nudge.minimum_size_bytes),
                critical_per_day,
                day_starts_at,
                ladder: nudge.ladder.ladder()?,
            },
            excluded_folders: excluded(&document.excluded_folders)?,
            watch: WatchRules { ask_servers: document.watch.ask_servers.unwrap_or(WatchRules::default().ask_servers) },
        })
    }
}

fn excluded(folders: &[String]) -> Result<Vec<ExcludedFolder>, DocumentError> {
    count("excluded_folders", folders, 64)?;
    let folders: Vec<ExcludedFolder> = folders
        .iter()
        .enumerate()
        .map(|(at, text)| folder(&format!("excluded_folders[{at}]"), text))
        .collect::<Result<_, _>>()?;
    distinct("excluded_folders", &folders)?;
    Ok(folders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_rules_are_the_default_policy() {
        let read = Policy::try_from(PolicyDocument::standard("Example GmbH")).unwrap();
        let default = Policy { version: 1, organisation: "Example GmbH".into(), ..Policy::default() };
        assert_eq!(read, default);
    }

    #[test]
    fn numbers_outside_their_bounds_are_refused() {
        let refused = |change: fn(&mut PolicyDocument)| {
            let mut document = PolicyDocument::standard("Example GmbH");
            change(&mut document);
            Policy::try_from(document).unwrap_err().to_string()
        };
        assert_eq!(refused(|p| p.format = 2), "format: must be from 1 to 1");
        assert_eq!(refused(|p| p.stale_after_hours = 0), "stale_after_hours: must be from 1 to 87600");
        assert_eq!(refused(|p| p.expired_after_hours = u64::MAX), "expired_after_hours: must be from 0 to 87600");
        assert_eq!(refused(|p| p.nudge.signals_needed = 0), "nudge.signals_needed: must be from 1 to 5");
        assert_eq!(refused(|p| p.nudge.day_starts_at_hour = Some(13)), "nudge.day_starts_at_hour: must be from 0 to 12");
        assert_eq!(refused(|p| p.nudge.critical_per_day = Some(25)), "nudge.critical_per_day: must be from 0 to 24");
        assert_eq!(
            refused(|p| p.nudge.ladder.altered = Some(RungDocument::Stop(0))),
            "nudge.ladder.altered: must be from 1 to 365"
        );
        assert_eq!(refused(|p| p.organisation = " ".into()), "organisation: must not be empty");
    }

    #[test]
    fn a_policy_of_before_the_ladder_still_holds_and_is_written_as_before() {
        let old = serde_json::json!({ "signals_needed": 2, "per_day": 1, "quiet_days": 7, "minimum_size_bytes": 67_108_864 });
        let document: NudgeDocument = serde_json::from_value(old.clone()).unwrap();
        assert_eq!(document, PolicyDocument::standard("Example GmbH").nudge);
        assert_eq!(serde_json::to_value(document).unwrap(), old);
    }

    #[test]
    fn asking_servers_can_be_forbidden() {
        let mut document = PolicyDocument::standard("Example GmbH");
        assert!(!serde_json::to_string(&document).unwrap().contains("ask_servers"), "older clients read it as before");
        document.watch.ask_servers = Some(false);
        assert!(!Policy::try_from(document).unwrap().watch.ask_servers);
    }

    #[test]
    fn each_reason_has_its_own_rung_and_the_others_stay() {
        let mut document = PolicyDocument::standard("Example GmbH");
        document.nudge.ladder = serde_json::from_str(r#"{ "dangerous": { "stop": 3 }, "derivative": "record" }"#).unwrap();
        let ladder = Policy::try_from(document).unwrap().nudge.ladder;
        let expected = Ladder { dangerous: Rung::Stop { days: 3 }, derivative: Rung::Record, ..Ladder::default() };
        assert_eq!(ladder, expected);
    }
}
