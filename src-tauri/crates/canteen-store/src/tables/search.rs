//! Conversations by a word in their title or messages. SQLite's own LIKE knows upper and lower case in ASCII only, so the text is
//! compared here.

use canteen_types::ConversationId;

use super::conversations::{COLUMNS, ConversationRow, Conversations, read};
use crate::StoreError;

/// Bytes of messages that one search reads, newest conversations first: some hundred milliseconds on a slow computer.
const MOST_BYTES: usize = 64 << 20;
/// Characters shown on either side of what was found.
const AROUND: usize = 36;

/// A conversation that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundRow {
    /// Which.
    pub conversation: ConversationRow,
    /// Where in its messages, with a few words around it; absent when only the title fits.
    pub excerpt: Option<String>,
}

/// What came of a search.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundRows {
    /// Newest first.
    pub rows: Vec<FoundRow>,
    /// There may be more: a limit was reached.
    pub more: bool,
}

impl Conversations<'_> {
    /// At most `limit` conversations that hold `words`, whatever their case, newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub fn search(&self, words: &str, limit: usize) -> Result<FoundRows, StoreError> {
        let wanted = folded(words);
        if wanted.is_empty() {
            return Ok(FoundRows { rows: Vec::new(), more: false });
        }
        let sql = format!("{COLUMNS} ORDER BY updated_utc DESC, id DESC");
        self.0.read(|connection| {
            let mut found = FoundRows { rows: Vec::new(), more: false };
            let mut left = MOST_BYTES;
            let mut messages =
                connection.prepare_cached("SELECT body FROM messages WHERE conversation = ?1 ORDER BY place DESC")?;
            for conversation in super::rows(connection, "conversations", &sql, [], read)? {
                if found.rows.len() >= limit || left == 0 {
                    found.more = true;
                    break;
                }
                let excerpt = in_messages(&mut messages, conversation.id, &wanted, &mut left)?;
                if excerpt.is_some() || folded(&conversation.title).contains(&wanted) {
                    found.rows.push(FoundRow { conversation, excerpt });
                }
            }
            Ok(found)
        })
    }
}

fn in_messages(
    messages: &mut rusqlite::CachedStatement<'_>,
    id: ConversationId,
    wanted: &str,
    left: &mut usize,
) -> Result<Option<String>, StoreError> {
    let mut rows = messages.query([id.as_bytes()])?;
    while let Some(row) = rows.next()? {
        let body: String = row.get(0)?;
        if let Some(excerpt) = excerpt(&body, wanted) {
            return Ok(Some(excerpt));
        }
        *left = left.saturating_sub(body.len());
        if *left == 0 {
            break;
        }
    }
    Ok(None)
}

fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The first place where `wanted`, which is folded, stands in `text`.
fn excerpt(text: &str, wanted: &str) -> Option<String> {
    if wanted.is_empty() || !folded(text).contains(wanted) {
        return None;
    }
    let line: Vec<char> = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect();
    // A letter may become two in lower case: each one remembers where it came from.
    let (mut lower, mut from) = (String::new(), Vec::new());
    for (at, letter) in line.iter().enumerate() {
        for small in letter.to_lowercase() {
            lower.push(small);
            from.extend(std::iter::repeat_n(at, small.len_utf8()));
        }
    }
    // A whole word may fold differently from its letters (a final sigma): then the beginning is as good a place as any.
    let begin = lower.find(wanted).unwrap_or(0);
    let first = from.get(begin).copied().unwrap_or(0);
    let last = from.get(begin.saturating_add(wanted.len())).copied().unwrap_or(line.len());
    let (start, end) = (first.saturating_sub(AROUND), last.saturating_add(AROUND).min(line.len()));
    let shown: String = line.get(start..end).unwrap_or_default().iter().collect();
    Some(format!("{}{}{}", if start > 0 { "…" } else { "" }, shown.trim(), if end < line.len() { "…" } else { "" }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_place_is_shown_with_the_words_around_it() {
        assert_eq!(excerpt("Viele\n  GRÜSSE aus Köln", "grüsse aus").as_deref(), Some("Viele GRÜSSE aus Köln"));
        let long = format!("{} needle {}", "a ".repeat(100), "b ".repeat(100));
        let shown = excerpt(&long, "needle").unwrap();
        assert!(shown.starts_with('…') && shown.ends_with('…') && shown.contains(" needle "), "{shown}");
        assert_eq!(excerpt("nothing here", "needle"), None);
        assert_eq!(excerpt("ΟΔΟΣ", &folded("οδος")).as_deref(), Some("ΟΔΟΣ"));
    }

    proptest! {
        #[test]
        fn no_text_panics_and_what_is_there_is_found(before in ".{0,60}", word in "\\PC{1,12}", after in ".{0,60}") {
            let wanted = folded(&word);
            let text = format!("{before} {word} {after}");
            let found = excerpt(&text, &wanted);
            if !wanted.is_empty() && folded(&text).contains(&wanted) {
                prop_assert!(found.is_some());
            }
        }
    }
}
