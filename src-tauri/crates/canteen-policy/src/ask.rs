use std::time::Duration;

/// How long a server of which nothing is known is left alone. A program that waits for a single visit, as a login in the browser
/// does, is over by then mostly, and a visit from somebody else would spoil it.
const LEFT_ALONE: Duration = Duration::from_secs(60);

/// More servers are not asked within an hour: some program opens one after the other.
const MOST_AN_HOUR: usize = 60;

/// What is known about a server of this user on this computer before it is asked what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its program holds model weights.
    pub holds_weights: bool,
    /// A runner of models is known at this port, or by the program's name. No evidence, and reason enough to ask soon.
    pub expected: bool,
    /// The same server was asked before, or another one of the same program said what it is.
    pub asked_before: bool,
    /// Servers that were asked within the last hour.
    pub lately: usize,
}

/// Whether a server may be asked, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MayAsk {
    /// After this time, if it still waits then.
    After(Duration),
    /// Once is enough.
    AskedBefore,
    /// Too many were asked lately.
    TooMany,
    /// The organisation does not want it.
    ByPolicy,
    /// The person does not want it.
    ByPerson,
}

/// Each server is asked once at most, and only while both the organisation and the person let it be.
#[must_use]
pub const fn may_ask(waiting: Waiting, policy_allows: bool, person_allows: bool) -> MayAsk {
    match waiting {
        _ if !policy_allows => MayAsk::ByPolicy,
        _ if !person_allows => MayAsk::ByPerson,
        Waiting { asked_before: true, .. } => MayAsk::AskedBefore,
        Waiting { lately: MOST_AN_HOUR.., .. } => MayAsk::TooMany,
        Waiting { holds_weights: true, .. } | Waiting { expected: true, .. } => MayAsk::After(Duration::ZERO),
        Waiting { .. } => MayAsk::After(LEFT_ALONE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_known_is_asked_at_once_others_later_and_nobody_twice_or_against_a_rule() {
        let stranger = Waiting { holds_weights: false, expected: false, asked_before: false, lately: 0 };
        let holder = Waiting { holds_weights: true, ..stranger };
        let expected = Waiting { expected: true, ..stranger };
        assert_eq!(may_ask(stranger, true, true), MayAsk::After(LEFT_ALONE));
        for known in [holder, expected] {
            assert_eq!(may_ask(known, true, true), MayAsk::After(Duration::ZERO));
            assert_eq!(may_ask(known, false, true), MayAsk::ByPolicy);
            assert_eq!(may_ask(known, true, false), MayAsk::ByPerson);
            assert_eq!(may_ask(Waiting { lately: MOST_AN_HOUR - 1, ..known }, true, true), MayAsk::After(Duration::ZERO));
            assert_eq!(may_ask(Waiting { lately: MOST_AN_HOUR, ..known }, true, true), MayAsk::TooMany);
            assert_eq!(may_ask(Waiting { asked_before: true, ..known }, true, true), MayAsk::AskedBefore);
        }
    }
}
