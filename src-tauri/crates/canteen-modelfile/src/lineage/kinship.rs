//! How weights stand to known ones, by their fingerprints alone: what a catalogue keeps of its entries is held against a file of which
//! only some kilobytes were read.

use super::compare::{Evidence, Kinship, NormEvidence, evidence};
use super::fingerprint::Fingerprint;
use super::judge;

impl Fingerprint {
    /// One line of JSON, at most some 20 kB.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`Self::to_text`] wrote; `None` where it is no fingerprint, or one that a later version has taken.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str::<Self>(text).ok().filter(Self::is_of_this_version)
    }
}

/// How `second` stands to `first`, which is the one that is known, and how sure that is. The bytes of the two files differ; so what
/// looks the same in every sample is a copy of which something else was changed, or that lies in another container.
#[must_use]
pub fn kinship(first: &Fingerprint, second: &Fingerprint) -> (Kinship, f32) {
    let evidence = evidence(first, second);
    let same_container = first.container == second.container;
    match judge::judge(&evidence) {
        (Kinship::Requantised, confidence) if verbatim(&evidence) => {
            (if same_container { Kinship::AlteredCopy } else { Kinship::SameWeights }, confidence)
        }
        // Training moves every norm, so few that differ were changed by hand.
        (Kinship::Derived, confidence)
            if same_container && verbatim(&evidence) && evidence.norms.as_ref().is_some_and(most_equal) =>
        {
            (Kinship::AlteredCopy, confidence)
        }
        judged => judged,
    }
}

fn verbatim(evidence: &Evidence) -> bool {
    let [first, second] = &evidence.quantisation;
    evidence.same_shape && first == second && evidence.weights.as_ref().is_some_and(judge::verbatim)
}

fn most_equal(norms: &NormEvidence) -> bool {
    norms.equal.saturating_mul(10) >= norms.of_first.max(norms.of_second).saturating_mul(9)
}
