use crate::Limits;

/// Bounds of an examination. No file makes it go further, however large it is or says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Of headers.
    pub header: Limits,
    /// Members of one archive.
    pub members: u64,
    /// Archives in archives.
    pub depth: u8,
    /// Bytes that one member may take in memory when it is unpacked.
    pub member_bytes: u64,
    /// Bytes that are unpacked in all, for one file.
    pub unpacked_bytes: u64,
    /// Files of one folder, with all that are below it.
    pub files: usize,
    /// Folders in folders.
    pub folders: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            header: Limits::default(),
            members: 100_000,
            depth: 3,
            member_bytes: 64 << 20,
            unpacked_bytes: 1 << 30,
            files: 200_000,
            folders: 32,
        }
    }
}
