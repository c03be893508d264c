use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Timestamp;

/// A text that is not the word it should be, e.g. an entry id with capitals.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not a valid {kind}")]
pub struct WordError {
    kind: &'static str,
    text: String,
}

impl WordError {
    /// `text` is cut to 80 characters: it may come from a hostile file.
    #[must_use]
    pub fn new(kind: &'static str, text: &str) -> Self {
        Self { kind, text: text.chars().filter(|c| !c.is_control()).take(80).collect() }
    }
}

macro_rules! row_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new UUIDv7 (RFC 9562, section 5.7) for the moment `now`; `entropy` is ten random bytes.
            #[must_use]
            pub fn new(now: Timestamp, entropy: [u8; 10]) -> Self {
                let millis = u64::try_from(now.as_millis()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &entropy).into_uuid())
            }

            /// The 16 bytes, as the store keeps them.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// From the 16 bytes that the store kept.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = WordError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self).map_err(|_| WordError::new(stringify!($name), text))
            }
        }
    )+};
}

row_id! {
    /// One engine process from start to end.
    RunId,
    /// Messages with one or more runs behind them.
    ConversationId,
    /// One message of a conversation.
    MessageId,
    /// One model seen on this computer.
    SightingId,
    /// One message to the person about one sighting.
    NudgeId,
    /// The person asked IT to approve something.
    RequestId,
    /// Joins an error on the screen with its cause in the log.
    IncidentId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_survive_text() {
        let early = RunId::new(Timestamp::from_millis(1_000), [9; 10]);
        let late = RunId::new(Timestamp::from_millis(2_000), [1; 10]);
        assert!(early < late);
        assert_eq!(late.to_string().parse::<RunId>().unwrap(), late);
    }
}
