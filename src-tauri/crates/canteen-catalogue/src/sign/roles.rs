use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use canteen_types::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sigstore_tuf::Root;

use super::error::damaged;
use super::{KeyId, PublicKey, SignError, Signer};

/// The four top-level roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RoleName {
    /// Says which keys may sign what.
    Root,
    /// Signs what is approved.
    Targets,
    /// Signs which versions belong together.
    Snapshot,
    /// Signs which is the newest.
    Timestamp,
}

impl RoleName {
    /// In the order of trust.
    pub const ALL: [Self; 4] = [Self::Root, Self::Targets, Self::Snapshot, Self::Timestamp];

    /// As in file names.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Targets => "targets",
            Self::Snapshot => "snapshot",
            Self::Timestamp => "timestamp",
        }
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How long signatures stay valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Of the root.
    pub root: Duration,
    /// Of the catalogue and the policy, and of departments.
    pub targets: Duration,
    /// Of the list of files.
    pub snapshot: Duration,
    /// Of the statement that this is the newest. A client that sees nothing newer for so long knows that it is held back.
    pub timestamp: Duration,
}

impl Default for Lifetimes {
    /// One year, 90 days, 30 days, 7 days.
    fn default() -> Self {
        let days = |n: u64| Duration::from_secs(n * 24 * 60 * 60);
        Self { root: days(365), targets: days(90), snapshot: days(30), timestamp: days(7) }
    }
}

impl Lifetimes {
    /// Of one role.
    #[must_use]
    pub const fn of(&self, role: RoleName) -> Duration {
        match role {
            RoleName::Root => self.root,
            RoleName::Targets => self.targets,
            RoleName::Snapshot => self.snapshot,
            RoleName::Timestamp => self.timestamp,
        }
    }
}

/// Who signs, for how long, and when.
#[derive(Clone, Copy)]
pub struct Signing<'a> {
    /// Keys at hand. Each signs only the roles that the root lets it sign.
    pub signers: &'a [&'a dyn Signer],
    /// How long signatures stay valid.
    pub lifetimes: Lifetimes,
    /// The time of signing.
    pub now: Timestamp,
}

/// Who may sign a role, and how many must.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RolePlan {
    /// The keys.
    pub keys: Vec<PublicKey>,
    /// How many of them must sign.
    pub threshold: u32,
}

impl RolePlan {
    pub(super) fn check(&self, role: RoleName) -> Result<(), SignError> {
        let keys = self.keys.iter().map(PublicKey::id).collect::<BTreeSet<_>>().len();
        let possible = self.threshold >= 1 && usize::try_from(self.threshold).is_ok_and(|t| t <= keys);
        if possible && keys == self.keys.len() {
            Ok(())
        } else {
            Err(SignError::Threshold { role, threshold: self.threshold, keys })
        }
    }

    pub(super) fn to_value(&self) -> Value {
        json!({ "keyids": self.keys.iter().map(PublicKey::id).collect::<Vec<_>>(), "threshold": self.threshold })
    }
}

/// Who may sign what: the content of a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootPlan(BTreeMap<RoleName, RolePlan>);

impl RootPlan {
    /// The same keys for every role. Change single roles with [`Self::with`].
    #[must_use]
    pub fn for_all_roles(plan: RolePlan) -> Self {
        Self(RoleName::ALL.into_iter().map(|role| (role, plan.clone())).collect())
    }

    /// With another plan for one role.
    #[must_use]
    pub fn with(mut self, role: RoleName, plan: RolePlan) -> Self {
        self.0.insert(role, plan);
        self
    }

    /// The plan of one role.
    #[must_use]
    pub fn role(&self, role: RoleName) -> Option<&RolePlan> {
        self.0.get(&role)
    }

    /// What a root says.
    pub(super) fn from_root(root: &Root) -> Result<Self, SignError> {
        let plans = RoleName::ALL.into_iter().map(|role| {
            let stated = root.role(role.as_str()).ok_or_else(|| damaged("root.json", format!("it has no {role} role")))?;
            let keys = stated.keyids.iter().filter_map(|id| root.keys.get(id));
            let keys = keys.map(|key| serde_json::to_value(key).and_then(serde_json::from_value)).collect::<Result<Vec<_>, _>>();
            let threshold = u32::try_from(stated.threshold).map_err(|e| damaged("root.json", e))?;
            Ok((role, RolePlan { keys: keys.map_err(|e| damaged("root.json", e))?, threshold }))
        });
        plans.collect::<Result<_, SignError>>().map(Self)
    }

    /// The `signed` part of a root.
    pub(super) fn to_signed(&self, version: u64, expires: Timestamp) -> Result<Value, SignError> {
        for (role, plan) in &self.0 {
            plan.check(*role)?;
        }
        let keys: BTreeMap<KeyId, &PublicKey> = self.0.values().flat_map(|plan| &plan.keys).map(|key| (key.id(), key)).collect();
        let roles: BTreeMap<RoleName, Value> = self.0.iter().map(|(role, plan)| (*role, plan.to_value())).collect();
        Ok(json!({
            "_type": "root", "spec_version": "1.0.31", "version": version, "expires": expires,
            "consistent_snapshot": true, "keys": keys, "roles": roles,
        }))
    }
}

/// Whole seconds: readers in other languages take nothing else.
pub(super) fn expiry(now: Timestamp, lifetime: Duration) -> Timestamp {
    let end = now.plus(lifetime).as_millis();
    Timestamp::from_millis(end.div_euclid(1000).saturating_mul(1000))
}
