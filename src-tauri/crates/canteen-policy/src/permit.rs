use canteen_types::{CatalogueState, Digest, Entry, EntryKey, Remedy, Timestamp};

use crate::{Policy, WhenExpired};

/// Why something is not allowed. Each has a code, a sentence and a remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no verified catalogue.
    NoCatalogue,
    /// Nothing new is fetched from a stale catalogue.
    CatalogueStale,
    /// Stale for longer than the organisation allows.
    CatalogueExpired,
    /// The licence was not accepted, or its text has changed since.
    LicenceNotAccepted {
        /// Its name.
        licence: String,
    },
    /// The engine cannot run it: it is a file for the person's own tools.
    NotForEngine,
    /// The catalogue no longer lists it.
    Withdrawn,
    /// It is approved for groups that this computer belongs to none of.
    NotForGroup,
}

impl Refusal {
    /// Stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoCatalogue => "policy.no_catalogue",
            Self::CatalogueStale => "policy.catalogue_stale",
            Self::CatalogueExpired => "policy.catalogue_expired",
            Self::LicenceNotAccepted { .. } => "policy.licence_not_accepted",
            Self::NotForEngine => "policy.not_for_engine",
            Self::Withdrawn => "policy.withdrawn",
            Self::NotForGroup => "policy.not_for_group",
        }
    }

    /// What to do next.
    #[must_use]
    pub const fn remedy(&self) -> Remedy {
        match self {
            Self::NoCatalogue | Self::CatalogueStale | Self::CatalogueExpired => Remedy::SyncNow,
            Self::LicenceNotAccepted { .. } => Remedy::AcceptLicence,
            Self::NotForEngine => Remedy::None,
            Self::Withdrawn | Self::NotForGroup => Remedy::AskIt,
        }
    }

    /// A sentence for the person.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::NoCatalogue => {
                "There is no verified catalogue yet, so nothing is approved. Check for updates, or ask IT for the link to join."
                    .into()
            }
            Self::CatalogueStale => {
                "The catalogue is out of date, so nothing new is fetched. Models that are installed still run. Check for updates."
                    .into()
            }
            Self::CatalogueExpired => {
                "The catalogue has been out of date for longer than your organisation allows. Check for updates, or tell IT."
                    .into()
            }
            Self::LicenceNotAccepted { licence } => format!("The licence “{licence}” must be read and accepted first."),
            Self::NotForEngine => "This model does not chat: it is a file for your own tools.".into(),
            Self::Withdrawn => {
                "This model is no longer in the catalogue, so it does not start. Ask IT why, or pick another one.".into()
            }
            Self::NotForGroup => {
                "This model is approved for other groups in your organisation, not for yours. Ask IT for it, or pick another one."
                    .into()
            }
        }
    }
}

/// Something to say although it is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The review date has passed.
    ReviewOverdue,
    /// The catalogue is stale or expired.
    CatalogueOld,
}

/// Proof that policy allowed one start of these bytes. Made only by [`may_run`].
///
/// ```compile_fail
/// let forged = canteen_policy::Permit { key: todo!(), digest: todo!() };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    key: EntryKey,
    digest: Digest,
    allow_partial_sandbox: bool,
}

impl Permit {
    /// The entry and version it is for.
    #[must_use]
    pub const fn key(&self) -> &EntryKey {
        &self.key
    }

    /// The bytes it is for.
    #[must_use]
    pub const fn digest(&self) -> Digest {
        self.digest
    }

    /// The organisation allows an engine whose sandbox is not whole.
    #[must_use]
    pub const fn allow_partial_sandbox(&self) -> bool {
        self.allow_partial_sandbox
    }
}

/// What is known about one entry when somebody asks.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// The licence digest that the person accepted last.
    pub accepted: Option<Digest>,
    /// It is for everybody, or for a group that the person is in.
    pub for_group: bool,
    /// Where the catalogue stands.
    pub catalogue: CatalogueState,
}

/// May anything new be fetched?
///
/// # Errors
/// Every reason against it.
pub fn may_fetch(policy: &Policy, catalogue: CatalogueState) -> Result<(), Vec<Refusal>> {
    let reasons = age_refusal(policy, catalogue, true);
    if reasons.is_empty() { Ok(()) } else { Err(reasons) }
}

/// May this entry be installed?
///
/// # Errors
/// Every reason against it.
pub fn may_install(policy: &Policy, asked: Checked<'_>) -> Result<(), Vec<Refusal>> {
    let mut reasons = age_refusal(policy, asked.catalogue, true);
    reasons.extend(entry_refusal(asked));
    if reasons.is_empty() { Ok(()) } else { Err(reasons) }
}

/// May this entry run now?
///
/// # Errors
/// Every reason against it.
pub fn may_run(policy: &Policy, asked: Checked<'_>, now: Timestamp) -> Result<(Permit, Vec<Warning>), Vec<Refusal>> {
    let mut reasons = age_refusal(policy, asked.catalogue, false);
    reasons.extend(entry_refusal(asked));
    if !asked.entry.runs_in_engine() {
        reasons.push(Refusal::NotForEngine);
    }
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let mut warnings = Vec::new();
    if asked.entry.approval.review_due <= now {
        warnings.push(Warning::ReviewOverdue);
    }
    if asked.catalogue != CatalogueState::Fresh {
        warnings.push(Warning::CatalogueOld);
    }
    let permit = Permit {
        key: asked.entry.key.clone(),
        digest: asked.entry.artifact.digest,
        allow_partial_sandbox: policy.allow_partial_sandbox,
    };
    Ok((permit, warnings))
}

fn age_refusal(policy: &Policy, catalogue: CatalogueState, fetching: bool) -> Vec<Refusal> {
    match catalogue {
        CatalogueState::None => vec![Refusal::NoCatalogue],
        CatalogueState::Fresh => Vec::new(),
        CatalogueState::Stale { .. } if fetching => vec![Refusal::CatalogueStale],
        CatalogueState::Stale { .. } => Vec::new(),
        CatalogueState::Expired { .. } if fetching || policy.when_expired == WhenExpired::Stop => vec![Refusal::CatalogueExpired],
        CatalogueState::Expired { .. } => Vec::new(),
    }
}

/// A licence is nothing to accept for whom the model is not for.
fn entry_refusal(asked: Checked<'_>) -> Option<Refusal> {
    let licence = &asked.entry.licence;
    let missing = licence.must_accept && asked.accepted != Some(licence.digest());
    if !asked.for_group {
        Some(Refusal::NotForGroup)
    } else if missing {
        Some(Refusal::LicenceNotAccepted { licence: licence.name().to_owned() })
    } else {
        None
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use canteen_types::{
        Approval, Artifact, ByteSize, EngineSettings, Entry, EntryKey, Licence, LicenceText, Task, WeightFormat,
    };

    use super::*;

    pub(crate) fn entry(id: &str) -> Entry {
        Entry {
            key: EntryKey { id: id.parse().unwrap(), version: 1 },
            display_name: id.to_uppercase(),
            summary: String::new(),
            publisher: "Somebody".into(),
            tasks: vec![Task::Chat],
            languages: vec!["en".into()],
            parameters: 135_000_000,
            quantisation: "Q4_1".parse().unwrap(),
            context_length: 8192,
            licence: Licence { text: LicenceText::Spdx("Apache-2.0".into()), must_accept: false },
            base_chain: Vec::new(),
            artifact: Artifact {
                digest: Digest::of(id.as_bytes()),
                size: ByteSize::new(98_000_000),
                format: WeightFormat::Gguf,
                sources: Vec::new(),
            },
            chat_template: None,
            data_approved: Vec::new(),
            data_not_approved: Vec::new(),
            uses_approved: Vec::new(),
            uses_not_approved: Vec::new(),
            groups: Vec::new(),
            approval: Approval {
                approver: "Ada".into(),
                role: "AI governance".into(),
                approved_on: Timestamp::from_millis(0),
                review_due: Timestamp::from_millis(1000),
                accepted_hazards: None,
            },
            memory_minimum: ByteSize::new(1 << 30),
            engine: EngineSettings::default(),
        }
    }

    const NOW: Timestamp = Timestamp::from_millis(500);
    const STALE: CatalogueState = CatalogueState::Stale { since: Timestamp::from_millis(1) };
    const EXPIRED: CatalogueState = CatalogueState::Expired { since: Timestamp::from_millis(1) };

    #[test]
    fn installed_models_run_on_a_stale_catalogue_and_nothing_new_is_fetched() {
        let entry = entry("a");
        let asked = Checked { entry: &entry, accepted: None, for_group: true, catalogue: STALE };
        assert_eq!(may_install(&Policy::default(), asked), Err(vec![Refusal::CatalogueStale]));
        assert_eq!(may_run(&Policy::default(), asked, NOW).unwrap().1, vec![Warning::CatalogueOld]);
    }

    #[test]
    fn an_expired_catalogue_stops_only_where_the_organisation_says_so() {
        let entry = entry("a");
        let asked = Checked { entry: &entry, accepted: None, for_group: true, catalogue: EXPIRED };
        for (when_expired, runs) in [(WhenExpired::Keep, true), (WhenExpired::Warn, true), (WhenExpired::Stop, false)] {
            let policy = Policy { when_expired, ..Policy::default() };
            assert_eq!(may_run(&policy, asked, NOW).is_ok(), runs, "{when_expired:?}");
        }
    }

    #[test]
    fn a_licence_must_be_accepted_in_the_text_that_stands_now() {
        let mut entry = entry("gemma");
        entry.licence = Licence { text: LicenceText::Own { name: "Terms".into(), text: "new".into() }, must_accept: true };
        let mut asked =
            Checked { entry: &entry, accepted: Some(Digest::of(b"old")), for_group: true, catalogue: CatalogueState::Fresh };
        assert_eq!(may_install(&Policy::default(), asked), Err(vec![Refusal::LicenceNotAccepted { licence: "Terms".into() }]));
        asked.accepted = Some(entry.licence.digest());
        assert_eq!(may_install(&Policy::default(), asked), Ok(()));
    }

    #[test]
    fn what_is_for_others_is_neither_installed_nor_started_whatever_was_accepted() {
        let mut entry = entry("a");
        entry.licence.must_accept = true;
        let accepted = Some(entry.licence.digest());
        for accepted in [None, accepted] {
            let asked = Checked { entry: &entry, accepted, for_group: false, catalogue: CatalogueState::Fresh };
            assert_eq!(may_install(&Policy::default(), asked), Err(vec![Refusal::NotForGroup]));
            assert_eq!(may_run(&Policy::default(), asked, NOW), Err(vec![Refusal::NotForGroup]));
        }
    }

    #[test]
    fn all_reasons_are_named_at_once() {
        let mut entry = entry("minilm");
        entry.artifact.format = WeightFormat::Safetensors;
        let asked = Checked { entry: &entry, accepted: None, for_group: true, catalogue: CatalogueState::None };
        assert_eq!(may_run(&Policy::default(), asked, NOW), Err(vec![Refusal::NoCatalogue, Refusal::NotForEngine]));
    }

    #[test]
    fn a_review_date_that_has_passed_only_warns() {
        let entry = entry("a");
        let asked = Checked { entry: &entry, accepted: None, for_group: true, catalogue: CatalogueState::Fresh };
        let (permit, warnings) = may_run(&Policy::default(), asked, Timestamp::from_millis(1000)).unwrap();
        assert_eq!((permit.digest(), warnings), (entry.artifact.digest, vec![Warning::ReviewOverdue]));
    }
}
