//! Every bound of the reader in one place. All sizes are checked while reading, before anything is parsed.

/// `timestamp.json` names one file. The TUF specification leaves the numbers to the client.
pub(crate) const TIMESTAMP_BYTES: u64 = 16 << 10;
/// A root with dozens of keys is 20 kB.
pub(crate) const ROOT_BYTES: u64 = 512 << 10;
/// 200 bytes per role.
pub(crate) const SNAPSHOT_BYTES: u64 = 2 << 20;
/// 300 bytes per target; ours list three.
pub(crate) const TARGETS_BYTES: u64 = 5 << 20;
/// A target that is held in memory: `catalogue.json` with 10,000 entries of usual length is 18 MB as it is published, and entries
/// with long licences and many languages take several times as much.
pub(crate) const DOCUMENT_BYTES: u64 = 64 << 20;
/// Root changes that are followed in one check. The walk goes on at the next check from where it stopped.
pub(crate) const ROOTS_PER_CHECK: u32 = 256;
/// Root changes that are replayed from the store at a start.
pub(crate) const ROOTS_KEPT: u32 = 16_384;
/// Departments that are read.
pub(crate) const DEPARTMENTS: usize = 32;
/// A version may not grow by more than this in one step: signing once a minute takes two years to get there, and a stolen
/// online key cannot lock the real signer out by jumping to the end of the numbers.
pub(crate) const LEAP: u64 = 1_000_000;
