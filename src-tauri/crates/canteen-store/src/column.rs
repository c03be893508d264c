//! Between columns and words. A value that this version did not write is a conversion error, which becomes
//! [`crate::StoreError::BadRow`] with the table's name.

use canteen_types::{Digest, Timestamp};
use rusqlite::Row;
use rusqlite::types::Type;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StoreError;

/// Names, titles and codes, in bytes.
pub(crate) const NAME: usize = 512;
/// Sentences, reasons and paths, in bytes.
pub(crate) const TEXT: usize = 8 * 1024;
/// A person's message or a model's answer, and a setting, in bytes.
pub(crate) const BODY: usize = 1 << 20;
/// One file of the catalogue, in bytes.
pub(crate) const FILE: usize = 64 << 20;

/// What was observed or composed is cut: it may come from a hostile file, and its end says nothing.
pub(crate) fn cut(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or(text)
}

/// What a person wrote is kept whole or refused.
pub(crate) fn within(bytes: usize, most: usize) -> Result<(), StoreError> {
    if bytes <= most { Ok(()) } else { Err(StoreError::TooLong { bytes: bytes as u64, most: most as u64 }) }
}

fn bad(at: usize, kind: Type) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(at, kind, "not written by this version".into())
}

pub(crate) fn digest(row: &Row<'_>, at: usize) -> rusqlite::Result<Digest> {
    row.get::<_, [u8; 32]>(at).map(Digest::new)
}

pub(crate) fn maybe_digest(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Digest>> {
    Ok(row.get::<_, Option<[u8; 32]>>(at)?.map(Digest::new))
}

pub(crate) fn time(row: &Row<'_>, at: usize) -> rusqlite::Result<Timestamp> {
    row.get(at).map(Timestamp::from_millis)
}

pub(crate) fn maybe_time(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(at)?.map(Timestamp::from_millis))
}

/// Sizes and counts are stored as the 64 bits that they are; SQLite's integers are signed.
pub(crate) fn count(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(at).map(i64::cast_unsigned)
}

pub(crate) const fn signed(count: u64) -> i64 {
    count.cast_signed()
}

/// A text that parses, such as an entry id.
pub(crate) fn parsed<T: std::str::FromStr>(row: &Row<'_>, at: usize) -> rusqlite::Result<T> {
    row.get::<_, String>(at)?.parse().map_err(|_| bad(at, Type::Text))
}

pub(crate) fn maybe_parsed<T: std::str::FromStr>(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<T>> {
    row.get::<_, Option<String>>(at)?.map(|text| text.parse()).transpose().map_err(|_| bad(at, Type::Text))
}

/// The one word that serde gives an enum without fields.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

pub(crate) fn worded<T: DeserializeOwned>(row: &Row<'_>, at: usize) -> rusqlite::Result<T> {
    from_word(row.get(at)?).ok_or_else(|| bad(at, Type::Text))
}

pub(crate) fn maybe_worded<T: DeserializeOwned>(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<T>> {
    row.get::<_, Option<String>>(at)?.map(|text| from_word(text).ok_or_else(|| bad(at, Type::Text))).transpose()
}

fn from_word<T: DeserializeOwned>(word: String) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(word)).ok()
}

pub(crate) fn json<T: DeserializeOwned>(row: &Row<'_>, at: usize) -> rusqlite::Result<T> {
    serde_json::from_str(&row.get::<_, String>(at)?).map_err(|_| bad(at, Type::Text))
}

pub(crate) fn maybe_json<T: DeserializeOwned>(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<T>> {
    let text = row.get::<_, Option<String>>(at)?;
    text.map(|text| serde_json::from_str(&text)).transpose().map_err(|_| bad(at, Type::Text))
}

/// A state that is not among the known ones.
pub(crate) fn unknown(at: usize) -> rusqlite::Error {
    bad(at, Type::Text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        for (text, most, expected) in [("", 4, ""), ("abcd", 4, "abcd"), ("abcde", 4, "abcd"), ("aé", 2, "a"), ("😀", 3, "")] {
            assert_eq!(cut(text, most), expected);
        }
    }
}
