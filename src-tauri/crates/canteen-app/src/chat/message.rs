//! What a person may send, and what the model gets to read of a conversation. Pure.

use canteen_store::MessageRow;
use canteen_types::frames::{Role, Turn};
use canteen_types::{Attachment, Prompt};

use super::ChatError;
use crate::wire;

/// Longest message with its files, in bytes: what fits a frame with room for the conversation before it.
pub(crate) const LONGEST_MESSAGE: usize = 256 * 1024;
/// Files that one message may bring.
const MOST_FILES: usize = 8;
/// Longest name of a file, in bytes.
const LONGEST_NAME: usize = 255;

/// Checks files and length; whether a text is needed depends on what it is for.
pub(crate) fn within_limits(text: &str, files: &[wire::Attachment]) -> Result<(), ChatError> {
    let nameless = |file: &wire::Attachment| file.name.trim().is_empty() || file.name.len() > LONGEST_NAME;
    if files.len() > MOST_FILES || files.iter().any(nameless) {
        return Err(ChatError::Files { most: MOST_FILES });
    }
    let bytes = files.iter().fold(text.len(), |sum, file| sum.saturating_add(file.text.len()));
    if bytes > LONGEST_MESSAGE {
        return Err(ChatError::TooLong { bytes, most: LONGEST_MESSAGE });
    }
    Ok(())
}

pub(crate) fn attachments(files: Vec<wire::Attachment>) -> Vec<Attachment> {
    let one = |file: wire::Attachment| Attachment { name: one_line(&file.name), text: Prompt::new(file.text) };
    files.into_iter().map(one).collect()
}

/// Without line breaks and other characters that cannot be seen.
pub(crate) fn one_line(text: &str) -> String {
    let seen: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first words, at most 60 characters; of a message that is only files, the first file's name.
pub(crate) fn title(text: &str, files: &[Attachment]) -> String {
    let words = one_line(text);
    let words = if words.is_empty() { files.first().map_or(String::new(), |file| file.name.clone()) } else { words };
    if words.chars().count() <= 60 { words } else { format!("{}…", words.chars().take(59).collect::<String>()) }
}

/// The conversation as the model reads it: instructions in front, files behind the words they came with.
pub(crate) fn turns(instructions: &str, rows: &[MessageRow]) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::with_capacity(rows.len() + 1);
    if !instructions.trim().is_empty() {
        turns.push(Turn { role: Role::System, content: instructions.to_owned() });
    }
    let spoken = |row: &MessageRow| Turn { role: row.role, content: with_files(row.text.expose(), &row.attachments) };
    turns.extend(rows.iter().map(spoken));
    turns
}

/// Each file in a fence that nothing in it can close.
pub(crate) fn with_files(text: &str, files: &[Attachment]) -> String {
    let mut all = text.to_owned();
    for file in files {
        let text = file.text.expose();
        let fence = fence(text);
        if !all.is_empty() {
            all.push_str("\n\n");
        }
        all.push_str(&format!("{}\n{fence}\n{}\n{fence}", file.name, text.strip_suffix('\n').unwrap_or(text)));
    }
    all
}

/// One backtick more than the longest row of them in the text, and at least three.
fn fence(text: &str) -> String {
    let mut longest = 0_usize;
    let mut row = 0_usize;
    for c in text.chars() {
        row = if c == '`' { row.saturating_add(1) } else { 0 };
        longest = longest.max(row);
    }
    "`".repeat(longest.saturating_add(1).max(3))
}

#[cfg(test)]
mod tests {
    use canteen_types::{ConversationId, MessageId, Timestamp};
    use proptest::prelude::*;

    use super::*;

    fn file(name: &str, text: &str) -> Attachment {
        Attachment { name: name.into(), text: Prompt::new(text.into()) }
    }

    fn row(role: Role, text: &str, attachments: Vec<Attachment>) -> MessageRow {
        let at = Timestamp::from_millis(0);
        MessageRow {
            id: MessageId::new(at, [0; 10]),
            conversation: ConversationId::new(at, [0; 10]),
            role,
            text: Prompt::new(text.into()),
            attachments,
            at,
            model: None,
            run: None,
            end: None,
            figures: None,
        }
    }

    #[test]
    fn titles_are_the_first_words_on_one_line() {
        assert_eq!(title("  What\n is\tthis? ", &[]), "What is this?");
        assert_eq!(title(&"word ".repeat(30), &[]).chars().count(), 60);
        assert_eq!(title(" ", &[file("notes.txt", "x")]), "notes.txt");
    }

    #[test]
    fn the_model_reads_instructions_first_and_files_behind_their_words() {
        let rows = [
            row(Role::User, "Sum this up", vec![file("a.txt", "one\n"), file("b.md", "```\ncode\n```")]),
            row(Role::Assistant, "Done.", vec![]),
            row(Role::User, "Again", vec![]),
        ];
        let read = turns("Be brief.", &rows);
        let shown: Vec<(Role, &str)> = read.iter().map(|turn| (turn.role, turn.content.as_str())).collect();
        let first = "Sum this up\n\na.txt\n```\none\n```\n\nb.md\n````\n```\ncode\n```\n````";
        assert_eq!(shown, [(Role::System, "Be brief."), (Role::User, first), (Role::Assistant, "Done."), (Role::User, "Again")]);
        assert_eq!(turns(" ", &rows)[0].role, Role::User, "empty instructions are none");
    }

    #[test]
    fn limits_count_text_and_files_together() {
        let files = |n: usize, bytes: usize| vec![wire::Attachment { name: "a".into(), text: "x".repeat(bytes) }; n];
        assert_eq!(within_limits("", &files(8, 1000)), Ok(()));
        assert_eq!(within_limits("", &files(9, 1)), Err(ChatError::Files { most: 8 }));
        assert_eq!(
            within_limits("y", &files(2, LONGEST_MESSAGE / 2)).unwrap_err(),
            ChatError::TooLong { bytes: LONGEST_MESSAGE + 1, most: LONGEST_MESSAGE }
        );
        let nameless = [wire::Attachment { name: " ".into(), text: "x".into() }];
        assert_eq!(within_limits("", &nameless), Err(ChatError::Files { most: 8 }));
    }

    proptest! {
        #[test]
        fn nothing_in_a_file_closes_its_fence(text in "[`\n a]{0,40}") {
            let fence = fence(&text);
            prop_assert!(!text.contains(&fence));
            let shown = with_files("", &[file("f", &text)]);
            prop_assert_eq!(shown.matches(&fence).count(), 2);
        }
    }
}
