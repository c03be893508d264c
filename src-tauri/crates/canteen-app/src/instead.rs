//! What to use instead, in the words of a face.

use canteen_policy::{Alternative, Because, NothingSuits, Speed, Suits};

use crate::wire;

/// What to use instead: the best and what comes next, or why there is nothing.
#[derive(Default)]
pub(crate) struct Instead {
    pub(crate) alternative: Option<wire::Alternative>,
    pub(crate) others: Vec<wire::Alternative>,
    pub(crate) nothing_suits: Option<wire::NothingSuits>,
}

impl From<Result<Vec<Alternative<'_>>, NothingSuits>> for Instead {
    fn from(found: Result<Vec<Alternative<'_>>, NothingSuits>) -> Self {
        match found {
            Ok(ranked) => {
                let mut ranked = ranked.iter().map(alternative);
                Self { alternative: ranked.next(), others: ranked.collect(), nothing_suits: None }
            }
            Err(why) => Self { nothing_suits: Some(nothing(why)), ..Self::default() },
        }
    }
}

fn alternative(best: &Alternative<'_>) -> wire::Alternative {
    let entry = best.candidate.entry;
    wire::Alternative {
        id: entry.key.id.clone(),
        name: entry.display_name.clone(),
        installed: best.candidate.installed,
        size: entry.artifact.size.bytes(),
        licence: entry.licence.name().to_owned(),
        data: entry.data_approved.clone(),
        because: best.sentence(),
        reasons: best.because.iter().map(because).collect(),
    }
}

fn because(because: &Because) -> wire::Because {
    match because {
        Because::SameModel => wire::Because::SameModel,
        Because::SameWork(tasks) => wire::Because::SameWork { tasks: tasks.clone() },
        Because::Languages(languages) => wire::Because::Languages { languages: languages.clone() },
        Because::NoLanguage => wire::Because::NoLanguage,
        Because::Data(classes) => wire::Because::Data { classes: classes.iter().copied().collect() },
        Because::Runs(suits, speed) => wire::Because::Runs {
            suits: suits_word(*suits).to_owned(),
            speed: speed.milli().map(crate::runs::milli),
            measured: matches!(speed, Speed::Measured(_)),
        },
        Because::Ready => wire::Because::Ready,
        Because::ToFetch(size) => wire::Because::ToFetch { size: size.bytes() },
        Because::LicenceToAccept(licence) => wire::Because::LicenceToAccept { licence: licence.clone() },
    }
}

const fn suits_word(suits: Suits) -> &'static str {
    match suits {
        Suits::Well => "well",
        Suits::Slowly => "slowly",
        Suits::Tightly => "tightly",
        Suits::Not => "not",
    }
}

const fn nothing(why: NothingSuits) -> wire::NothingSuits {
    match why {
        NothingSuits::NothingApproved => wire::NothingSuits::NothingApproved,
        NothingSuits::OtherWork => wire::NothingSuits::OtherWork,
        NothingSuits::NotForData => wire::NothingSuits::NotForData,
        NothingSuits::NeedsMemory(least) => wire::NothingSuits::NeedsMemory { least: least.bytes() },
    }
}
