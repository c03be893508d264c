use canteen_types::Timestamp;

/// One signed file behind the catalogue: which of its role's keys have signed it. Every `signed` was checked by this client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRole {
    /// `root`, `timestamp`, `snapshot`, `targets`, or a department's role, e.g. `dept-finance`.
    pub role: String,
    /// Version of the file.
    pub version: u64,
    /// When its signatures run out.
    pub expires: Timestamp,
    /// Keys that must have signed, at the least.
    pub needed: u32,
    /// The role's keys, in the order in which the organisation names them.
    pub keys: Vec<RoleKey>,
}

/// A key of a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleKey {
    /// Its TUF key id: SHA-256 of the public key's canonical form, in hex.
    pub id: String,
    /// Its signature on the file is good.
    pub signed: bool,
}
