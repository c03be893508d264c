//! Numbers of 64 bits as text. Canonical JSON (RFC 8785) knows doubles only: it would turn 2⁵³ + 1 into 2⁵³ without an error,
//! and `u64::MAX` into a number that no `u64` can hold, which made a row unreadable.

use std::fmt;

use canteen_types::frames::AnswerFigures;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
pub(crate) fn serialize<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    deserializer.deserialize_any(Exact)
}

struct Exact;

impl Visitor<'_> for Exact {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number as text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<u64, E> {
        // One text per number, or two bodies could say the same.
        let number: u64 = text.parse().map_err(E::custom)?;
        if number.to_string() == text { Ok(number) } else { Err(E::custom("not the shortest form of its number")) }
    }

    /// As the first builds wrote it.
    fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
        Ok(number)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "AnswerFigures", deny_unknown_fields)]
pub(crate) struct Figures {
    prompt_tokens: u32,
    answer_tokens: u32,
    #[serde(with = "self")]
    first_token_ms: u64,
    #[serde(with = "self")]
    generation_ms: u64,
}
