use std::time::Duration;

use canteen_types::{ByteSize, CatalogueState, Timestamp};

use crate::Ladder;

/// What happens to installed models when the catalogue has been stale for too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenExpired {
    /// They run as before.
    Keep,
    /// They run, and every start says so.
    Warn,
    /// They do not start.
    Stop,
}

/// When a nudge may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NudgeRules {
    /// Independent signals that must agree. Names and ports never count alone.
    pub signals_needed: u8,
    /// Interrupting notifications per person and working day; the rest waits in the window.
    pub per_day: u8,
    /// So many more for what is dangerous or recalled and runs.
    pub critical_per_day: u8,
    /// Hour of the person's clock at which a working day begins: work past midnight belongs to the day before.
    pub day_starts_at: u8,
    /// Days before the same bytes may be mentioned again.
    pub quiet_days: u16,
    /// Smaller files are never nudged about.
    pub minimum_size: ByteSize,
    /// How far a nudge may go.
    pub ladder: Ladder,
}

impl Default for NudgeRules {
    /// Two signals, one interruption a working day from four o'clock on and three critical ones, seven quiet days, files from
    /// 64 MiB on, notifications and nothing that follows.
    fn default() -> Self {
        Self {
            signals_needed: 2,
            per_day: 1,
            critical_per_day: 3,
            day_starts_at: 4,
            quiet_days: 7,
            minimum_size: ByteSize::new(64 << 20),
            ladder: Ladder::default(),
        }
    }
}

/// A folder, with all below it: names it goes down by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExcludedFolder {
    /// From each person's home folder.
    Home(Vec<String>),
    /// As it stands there.
    Absolute(String),
}

/// What the watch may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchRules {
    /// Servers of the person on this computer are asked what they are, once each, by a harmless question.
    pub ask_servers: bool,
}

impl Default for WatchRules {
    fn default() -> Self {
        Self { ask_servers: true }
    }
}

/// The signed rules of the organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Version of the rules, for *why am I seeing this?*
    pub version: u64,
    /// Who signs.
    pub organisation: String,
    /// A catalogue that was not refreshed for so long is stale, even if its signatures have not run out.
    pub stale_after: Duration,
    /// Stale for so long is expired.
    pub expired_after: Duration,
    /// What happens then.
    pub when_expired: WhenExpired,
    /// Engines may run although the kernel lacks a part of the sandbox.
    pub allow_partial_sandbox: bool,
    /// Longest answer that a person may ask for, in tokens.
    pub max_answer_tokens: u32,
    /// When nudges may be shown.
    pub nudge: NudgeRules,
    /// Folders that are not looked through for models.
    pub excluded_folders: Vec<ExcludedFolder>,
    /// What the watch may do.
    pub watch: WatchRules,
}

impl Default for Policy {
    /// Stale after 7 days, expired after 30 more, then warn; whole sandbox required; see [`NudgeRules`].
    fn default() -> Self {
        const DAY: u64 = 24 * 60 * 60;
        Self {
            version: 0,
            organisation: String::new(),
            stale_after: Duration::from_secs(7 * DAY),
            expired_after: Duration::from_secs(30 * DAY),
            when_expired: WhenExpired::Warn,
            allow_partial_sandbox: false,
            max_answer_tokens: 4096,
            nudge: NudgeRules::default(),
            excluded_folders: Vec::new(),
            watch: WatchRules::default(),
        }
    }
}

/// Where a verified catalogue stands: `expires` is when the first of its signatures runs out, `refreshed` the last time that
/// a check succeeded.
#[must_use]
pub fn catalogue_state(policy: &Policy, expires: Timestamp, refreshed: Timestamp, now: Timestamp) -> CatalogueState {
    let since = expires.min(refreshed.plus(policy.stale_after));
    if now < since {
        CatalogueState::Fresh
    } else if now < since.plus(policy.expired_after) {
        CatalogueState::Stale { since }
    } else {
        CatalogueState::Expired { since }
    }
}

/// How a model fits a computer's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Room {
    /// Twice the minimum or more.
    Plenty,
    /// The minimum is there.
    Tight,
    /// It is not.
    TooLittle,
}

/// Compares a model's minimum with all the memory of the computer.
#[must_use]
pub fn room_for(minimum: ByteSize, memory: ByteSize) -> Room {
    if memory < minimum {
        Room::TooLittle
    } else if memory.bytes() / 2 < minimum.bytes() {
        Room::Tight
    } else {
        Room::Plenty
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 24 * 60 * 60 * 1000;

    fn day(n: i64) -> Timestamp {
        Timestamp::from_millis(n * DAY_MS)
    }

    #[test]
    fn a_catalogue_ages_by_its_signatures_or_by_silence_whichever_is_first() {
        let policy = Policy::default();
        let state = |expires, refreshed, now| catalogue_state(&policy, day(expires), day(refreshed), day(now));
        assert_eq!(state(30, 10, 16), CatalogueState::Fresh);
        assert_eq!(state(30, 10, 17), CatalogueState::Stale { since: day(17) }, "seven days of silence");
        assert_eq!(state(12, 10, 13), CatalogueState::Stale { since: day(12) }, "signatures ran out first");
        assert_eq!(state(12, 10, 42), CatalogueState::Expired { since: day(12) });
    }

    #[test]
    fn memory_is_compared_without_overflow() {
        let gib = |n: u64| ByteSize::new(n << 30);
        assert_eq!(room_for(gib(4), gib(8)), Room::Plenty);
        assert_eq!(room_for(gib(6), gib(8)), Room::Tight);
        assert_eq!(room_for(gib(9), gib(8)), Room::TooLittle);
        assert_eq!(room_for(ByteSize::new(u64::MAX), ByteSize::new(u64::MAX)), Room::Tight);
    }
}
