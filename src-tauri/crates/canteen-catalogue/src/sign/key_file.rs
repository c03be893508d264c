use std::io::Read as _;
use std::path::Path;

use ed25519_dalek::pkcs8::KeypairBytes;
use p256::pkcs8::EncodePrivateKey as _;
use pkcs8::der::SecretDocument;
use pkcs8::der::pem::PemLabel as _;
use pkcs8::{EncryptedPrivateKeyInfoRef, LineEnding, ObjectIdentifier, PrivateKeyInfoRef};

use super::error::io;
use super::keys::Private;
use super::{PublicKey, SignError, Signer as _, SigningKey};

const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// A key file has 400 bytes.
const LONGEST: u64 = 64 << 10;
/// scrypt makes guessing slow, not impossible.
const SHORTEST_PASSPHRASE: usize = 8;

/// Writes `FILE.pem`, encrypted (PKCS#8, scrypt and AES-256), and beside it `FILE.pub` with the public half. Never overwrites.
///
/// # Errors
/// [`SignError::KeyExists`], [`SignError::PassphraseTooShort`], [`SignError::Io`].
pub fn write_key(path: &Path, key: &SigningKey, passphrase: &str) -> Result<(), SignError> {
    if passphrase.chars().count() < SHORTEST_PASSPHRASE {
        return Err(SignError::PassphraseTooShort { least: SHORTEST_PASSPHRASE });
    }
    let name = file_name(path);
    let encrypted = match key.private() {
        // Without the public key inside: OpenSSL 3 and others do not read the form that has it.
        Private::Ed25519(key) => {
            KeypairBytes { secret_key: key.to_bytes(), public_key: None }.to_pkcs8_encrypted_pem(passphrase, LineEnding::LF)
        }
        Private::P256(key) => p256::SecretKey::from(key.as_nonzero_scalar()).to_pkcs8_encrypted_pem(passphrase, LineEnding::LF),
    };
    let encrypted = encrypted.map_err(|e| SignError::BadKey { name, because: e.to_string() })?;
    let public_path = path.with_extension("pub");
    for path in [path, &public_path] {
        if path.exists() {
            return Err(SignError::KeyExists { path: path.to_owned() });
        }
    }
    if let Some(folder) = path.parent() {
        create_private_folder(folder).map_err(io("Making the folder for keys"))?;
    }
    write_private(path, encrypted.as_bytes()).map_err(io("Writing the key file"))?;
    let public = serde_json::to_vec_pretty(key.public()).unwrap_or_default();
    crate::store::write_beside_and_rename(&public_path, &public).map_err(io("Writing the public key"))
}

/// Reads an encrypted key file, whoever wrote it: PBES2 with scrypt or PBKDF2, Ed25519 or P-256.
///
/// # Errors
/// [`SignError::WrongPassphrase`], [`SignError::BadKey`], [`SignError::Io`].
pub fn read_key(path: &Path, passphrase: &str) -> Result<SigningKey, SignError> {
    let name = file_name(path);
    let bad = |because: &str| SignError::BadKey { name: name.clone(), because: because.to_owned() };
    let text = read_text(path).map_err(io("Reading the key file"))?;
    let (label, document) = SecretDocument::from_pem(&text).map_err(|_| bad("it is not a PEM file"))?;
    if label != EncryptedPrivateKeyInfoRef::PEM_LABEL {
        return Err(bad("it is not encrypted"));
    }
    let encrypted = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes()).map_err(|_| bad("its content is damaged"))?;
    let plain = encrypted.decrypt(passphrase).map_err(|_| SignError::WrongPassphrase { name: name.clone() })?;
    // A wrong passphrase may also show itself only here, when the padding came out right by chance.
    let info = PrivateKeyInfoRef::try_from(plain.as_bytes()).map_err(|_| SignError::WrongPassphrase { name: name.clone() })?;
    let private = if info.algorithm.oid == ED25519 {
        let pair = KeypairBytes::try_from(info).map_err(|_| bad("its Ed25519 key is damaged"))?;
        Private::Ed25519(ed25519_dalek::SigningKey::from_bytes(&pair.secret_key))
    } else if info.algorithm.oid == EC {
        let key = p256::SecretKey::try_from(info).map_err(|_| bad("only the curve P-256 is supported"))?;
        Private::P256(key.into())
    } else {
        return Err(bad("its kind of key is not supported"));
    };
    SigningKey::from_private(private)
}

/// Reads the public half that stands beside a key file; needs no passphrase.
///
/// # Errors
/// [`SignError::BadKey`], [`SignError::Io`].
pub fn read_public(path: &Path) -> Result<PublicKey, SignError> {
    let text = read_text(path).map_err(io("Reading the public key"))?;
    serde_json::from_str(&text).map_err(|e| SignError::BadKey { name: file_name(path), because: e.to_string() })
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn read_text(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    fs_err::File::open(path)?.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(unix)]
fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.mode(0o700);
    builder.recursive(true).create(folder)
}

#[cfg(unix)]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;

    use fs_err::os::unix::fs::OpenOptionsExt as _;
    let mut options = fs_err::OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// On Windows a new file has the access list of its folder, which for a person's own folders is that person alone. The
/// passphrase protects it elsewhere.
#[cfg(not(unix))]
fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    fs_err::create_dir_all(folder)
}

#[cfg(not(unix))]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut file = fs_err::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
