use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use age::{DecryptError, scrypt};
use canteen_types::Secret;

use crate::{OsError, write_atomically};

/// 2¹⁷ · 1 KiB = 128 MiB and about a second on an office computer.
const WORK_FACTOR: u8 = 17;
/// A file that asks for more is not ours: it would keep the computer busy for minutes.
const MOST_WORK: u8 = 18;
/// Ours have 214 bytes.
const MOST_BYTES: u64 = 4096;
const LEAST_CHARACTERS: usize = 8;

/// What the person types to open the store where no keyring is. Never printed.
#[derive(Clone)]
pub struct Passphrase(SecretString);

impl Passphrase {
    /// From what was typed.
    ///
    /// # Errors
    /// `keyring.weak_passphrase` below 8 characters.
    pub fn new(typed: String) -> Result<Self, OsError> {
        if typed.chars().count() < LEAST_CHARACTERS {
            return Err(OsError::WeakPassphrase { least: LEAST_CHARACTERS });
        }
        Ok(Self(SecretString::from(typed)))
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

/// The key of the store, encrypted with a passphrase: an age file (<https://age-encryption.org/v1>) with an scrypt recipient, so
/// that an administrator can open it with the `age` tool. Calls take about a second and 128 MiB.
#[derive(Clone, Debug)]
pub struct PassphraseFile(PathBuf);

impl PassphraseFile {
    /// In the folder of the store.
    #[must_use]
    pub fn in_folder(store: &Path) -> Self {
        Self(store.join("store.key.age"))
    }

    /// Whether it is there.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.0.exists()
    }

    /// Encrypts the key and replaces the file (0600).
    ///
    /// # Errors
    /// `os.disk_full`, `os.file_failed`.
    pub fn write(&self, passphrase: &Passphrase, key: &Secret) -> Result<(), OsError> {
        let mut recipient = scrypt::Recipient::new(passphrase.0.clone());
        recipient.set_work_factor(WORK_FACTOR);
        let bytes = age::encrypt(&recipient, key.expose())
            .map_err(|error| OsError::file("encrypt its key", io::Error::other(error.to_string())))?;
        write_atomically(&self.0, &bytes)
    }

    /// Reads and decrypts the key.
    ///
    /// A passphrase that does not fit and a flipped bit in the few bytes that wrap the file's own key look the same, and count
    /// as the former; all other damage is told apart.
    ///
    /// # Errors
    /// `keyring.wrong_passphrase`, `keyring.damaged`, `keyring.file_missing`, `os.file_failed`.
    pub fn open(&self, passphrase: &Passphrase) -> Result<Secret, OsError> {
        let mut bytes = Vec::new();
        let file = fs_err::File::open(&self.0).map_err(|error| {
            let missing = error.kind() == io::ErrorKind::NotFound;
            if missing { OsError::KeyFileMissing } else { OsError::file("read its key", error) }
        })?;
        file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(|error| OsError::file("read its key", error))?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length > MOST_BYTES) {
            return Err(OsError::KeyDamaged { because: format!("it has more than {MOST_BYTES} bytes") });
        }
        let mut identity = scrypt::Identity::new(passphrase.0.clone());
        identity.set_max_work_factor(MOST_WORK);
        let key = age::decrypt(&identity, &bytes).map_err(fault)?;
        <[u8; 32]>::try_from(key)
            .map(Secret::new)
            .map_err(|key| OsError::KeyDamaged { because: format!("the key in it has {} bytes, not 32", key.len()) })
    }
}

fn fault(error: DecryptError) -> OsError {
    match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => OsError::WrongPassphrase,
        DecryptError::NoMatchingKeys => OsError::KeyDamaged { because: "it was not encrypted with a passphrase".into() },
        DecryptError::ExcessiveWork { required, .. } => {
            OsError::KeyDamaged { because: format!("it asks for a work factor of {required}, more than {MOST_WORK}") }
        }
        DecryptError::InvalidHeader | DecryptError::UnknownFormat => OsError::KeyDamaged { because: "it is no age file".into() },
        DecryptError::InvalidMac => OsError::KeyDamaged { because: "its header was changed".into() },
        DecryptError::Io(error) => OsError::KeyDamaged { because: format!("it was changed or cut off ({error})") },
        other => OsError::KeyDamaged { because: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use canteen_types::Coded;

    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text.to_owned()).unwrap()
    }

    #[test]
    fn the_right_passphrase_opens_a_wrong_one_and_damage_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let file = PassphraseFile::in_folder(folder.path());
        let key = Secret::new([9; 32]);
        assert!(!file.exists());
        assert_eq!(file.open(&passphrase("correct horse")).unwrap_err().code(), "keyring.file_missing");
        file.write(&passphrase("correct horse"), &key).unwrap();
        assert_eq!(file.open(&passphrase("correct horse")).unwrap(), key);
        assert_eq!(file.open(&passphrase("wrong horse")).unwrap_err().code(), "keyring.wrong_passphrase");

        let whole = fs_err::read(&file.0).unwrap();
        let mut flipped = whole.clone();
        *flipped.last_mut().unwrap() ^= 1;
        let mac = whole.windows(4).position(|window| window == b"--- ").unwrap() + 8;
        let mut other_mac = whole.clone();
        other_mac[mac] = if other_mac[mac] == b'A' { b'B' } else { b'A' };
        for damaged in [flipped, other_mac, whole[..whole.len() - 5].to_vec(), Vec::new(), vec![b'x'; 5000]] {
            fs_err::write(&file.0, &damaged).unwrap();
            assert_eq!(file.open(&passphrase("correct horse")).unwrap_err().code(), "keyring.damaged", "{} bytes", damaged.len());
        }
    }

    #[test]
    fn a_file_that_asks_for_minutes_of_work_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = PassphraseFile::in_folder(folder.path());
        let head = "age-encryption.org/v1\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 30\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n";
        fs_err::write(&file.0, [head.as_bytes(), &[0; 60]].concat()).unwrap();
        let fault = file.open(&passphrase("correct horse")).unwrap_err();
        assert!(fault.to_string().contains("work factor of 30"), "{fault}");
    }

    #[test]
    fn a_short_passphrase_is_refused_and_none_is_printed() {
        assert_eq!(Passphrase::new("sieben7".into()).unwrap_err().code(), "keyring.weak_passphrase");
        assert_eq!(format!("{:?}", passphrase("ächt acht")), "Passphrase");
    }
}
