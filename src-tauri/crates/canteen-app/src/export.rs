//! A conversation as a file: Markdown to read, JSON to go on with. Pure. Every answer says which bytes gave it.

use canteen_store::{ConversationRow, MessageRow};
use canteen_types::frames::Role;
use canteen_types::{ChatSettings, Digest, EntryKey, RunId, Timestamp};
use serde_json::{Map, Value, json};

use crate::chat::{one_line, speed};
use crate::wire::ExportFormat;

/// Goes up when a reader of the old form would misread the new one.
const FORMAT: u32 = 1;
/// Longest name of a file without its extension, in characters.
const LONGEST_STEM: usize = 80;

/// Which bytes gave an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) name: String,
    pub(crate) key: EntryKey,
    pub(crate) digest: Digest,
}

/// A conversation with everything that belongs to it.
#[derive(Clone, Debug)]
pub(crate) struct Export {
    pub(crate) conversation: ConversationRow,
    pub(crate) messages: Vec<MessageRow>,
    pub(crate) stamps: Vec<(RunId, Stamp)>,
    pub(crate) instructions: String,
    pub(crate) at: Timestamp,
}

impl Export {
    fn stamp(&self, message: &MessageRow) -> Option<&Stamp> {
        self.stamps.iter().find(|(run, _)| Some(*run) == message.run).map(|(_, stamp)| stamp)
    }

    /// Of the model, where the run is not known any more.
    fn model(&self, message: &MessageRow) -> String {
        match (self.stamp(message), &message.model) {
            (Some(stamp), _) => one_line(&stamp.name),
            (None, Some(model)) => model.to_string(),
            (None, None) => "Model".to_owned(),
        }
    }
}

/// Day and title, of characters that every file system takes.
pub(crate) fn file_name(export: &Export, format: ExportFormat) -> String {
    let extension = match format {
        ExportFormat::Markdown => "md",
        ExportFormat::Json => "json",
    };
    format!("{}.{extension}", stem(export))
}

fn stem(export: &Export) -> String {
    let day: String = export.conversation.updated.to_string().chars().take(10).collect();
    let plain = export.conversation.title.chars().map(|c| if c.is_alphanumeric() || "-_,()".contains(c) { c } else { ' ' });
    let title = plain.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    let stem: String = format!("{day} {title}").chars().take(LONGEST_STEM).collect();
    stem.trim_end().to_owned()
}

/// Answers stand in a quotation: nothing that a model writes can pass for a message of the person, or for another model's.
pub(crate) fn markdown(export: &Export) -> String {
    let mut text = format!("# {}\n\n", one_line(&export.conversation.title));
    text.push_str(&format!("Exported {} by Canteen {}\n", export.at, env!("CARGO_PKG_VERSION")));
    let mut named: Vec<&Stamp> = Vec::new();
    for (_, stamp) in &export.stamps {
        if !named.contains(&stamp) {
            named.push(stamp);
        }
    }
    for Stamp { name, key, digest } in named {
        text.push_str(&format!("\n- {}: entry `{}`, version {}, `{digest}`", one_line(name), key.id, key.version));
    }
    text.push_str(if export.stamps.is_empty() { "" } else { "\n" });
    if !export.instructions.trim().is_empty() {
        text.push_str(&format!("\n## Instructions\n\n{}\n", quoted(&export.instructions)));
    }
    for message in &export.messages {
        let who = match message.role {
            Role::Assistant => export.model(message),
            Role::User => "You".to_owned(),
            Role::System => "Instructions".to_owned(),
        };
        text.push_str(&format!("\n## {who}, {}\n\n", message.at));
        match message.role {
            Role::User => {
                text.push_str(&crate::chat::with_files(message.text.expose(), &message.attachments));
                text.push('\n');
            }
            Role::Assistant | Role::System => {
                text.push_str(&quoted(message.text.expose()));
                text.push('\n');
                let figures = figures(message);
                if !figures.is_empty() {
                    text.push_str(&format!("\n*{figures}*\n"));
                }
            }
        }
    }
    text
}

fn quoted(text: &str) -> String {
    let line = |line: &str| if line.trim().is_empty() { ">".to_owned() } else { format!("> {line}") };
    // A carriage return alone ends a line in Markdown, too.
    text.trim_end().replace("\r\n", "\n").replace('\r', "\n").split('\n').map(line).collect::<Vec<_>>().join("\n")
}

fn figures(message: &MessageRow) -> String {
    let mut parts = Vec::new();
    if let Some(end) = message.end.as_deref().filter(|end| *end != "finished") {
        parts.push(end.replace('_', " "));
    }
    if let Some(figures) = message.figures {
        if let Some(speed) = speed(figures) {
            parts.push(format!("{speed:.1} tokens/s"));
        }
        parts.push(format!("first token after {} ms", figures.first_token_ms));
        parts.push(format!("{} tokens read, {} written", figures.prompt_tokens, figures.answer_tokens));
    }
    parts.join(" · ")
}

pub(crate) fn json(export: &Export) -> String {
    let ConversationRow { id, title, created, updated, settings, .. } = &export.conversation;
    let value = json!({
        "format": "canteen.conversation",
        "format_version": FORMAT,
        "exported": export.at,
        "canteen": env!("CARGO_PKG_VERSION"),
        "id": id,
        "title": title,
        "created": created,
        "updated": updated,
        "instructions": export.instructions,
        "settings": chosen(settings),
        "messages": export.messages.iter().map(|message| one(export, message)).collect::<Vec<_>>(),
    });
    // Plain texts and numbers: they always have a JSON form.
    format!("{}\n", serde_json::to_string_pretty(&value).unwrap_or_default())
}

/// Only what was chosen; the instructions stand for themselves.
fn chosen(settings: &ChatSettings) -> Value {
    let ChatSettings { instructions: _, temperature, top_p, top_k, max_answer_tokens, seed } = settings;
    let fields = [
        ("temperature", temperature.map(|value| json!(value))),
        ("top_p", top_p.map(|value| json!(value))),
        ("top_k", top_k.map(|value| json!(value))),
        ("max_answer_tokens", max_answer_tokens.map(|value| json!(value))),
        ("seed", seed.map(|value| json!(value))),
    ];
    let chosen = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(chosen.collect::<Map<String, Value>>())
}

fn one(export: &Export, message: &MessageRow) -> Value {
    let mut value = json!({ "id": message.id, "role": message.role, "at": message.at, "text": message.text.expose() });
    let mut add = |name: &str, field: Value| {
        if let Some(object) = value.as_object_mut() {
            object.insert(name.to_owned(), field);
        }
    };
    if !message.attachments.is_empty() {
        let files = message.attachments.iter();
        add("attachments", files.map(|file| json!({ "name": file.name, "text": file.text.expose() })).collect());
    }
    if let Some(Stamp { name, key, digest }) = export.stamp(message) {
        add("model", json!({ "name": name, "entry": key.id, "version": key.version, "digest": digest }));
    } else if let Some(model) = &message.model {
        add("model", json!({ "entry": model }));
    }
    if let Some(end) = &message.end {
        add("end", json!(end));
    }
    if let Some(figures) = message.figures {
        add("figures", json!(figures));
    }
    value
}

#[cfg(test)]
mod tests {
    use canteen_types::frames::AnswerFigures;
    use canteen_types::{Attachment, ConversationId, MessageId, Prompt};
    use proptest::prelude::*;

    use super::*;

    const AT: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    fn said(n: u8, role: Role, text: &str) -> MessageRow {
        let answer = role == Role::Assistant;
        let figures = AnswerFigures { prompt_tokens: 31, answer_tokens: 41, first_token_ms: 84, generation_ms: 1000 };
        MessageRow {
            id: MessageId::new(AT, [n; 10]),
            conversation: ConversationId::new(AT, [1; 10]),
            role,
            text: Prompt::new(text.into()),
            attachments: Vec::new(),
            at: AT,
            model: answer.then(|| "smollm2".parse().unwrap()),
            run: answer.then(|| RunId::new(AT, [n; 10])),
            end: answer.then(|| "finished".into()),
            figures: answer.then_some(figures),
        }
    }

    fn talk(answer: &str) -> Export {
        let mut question = said(1, Role::User, "Sum this up.");
        question.attachments = vec![Attachment { name: "notes.md".into(), text: Prompt::new("```\nGrüße\n```\n".into()) }];
        let mut cut = said(4, Role::Assistant, "Half an");
        (cut.end, cut.figures) = (Some("failed".into()), None);
        let key = EntryKey { id: "smollm2".parse().unwrap(), version: 3 };
        let stamp = Stamp { name: "SmolLM2 135M".into(), key, digest: Digest::of(b"weights") };
        Export {
            conversation: ConversationRow {
                id: ConversationId::new(AT, [1; 10]),
                title: "What / is: new?".into(),
                named: true,
                model: "smollm2".parse().unwrap(),
                created: AT,
                updated: AT,
                settings: ChatSettings { temperature: Some(0.5), seed: Some(7), ..ChatSettings::default() },
            },
            messages: vec![question, said(2, Role::Assistant, answer), said(3, Role::User, "Go on."), cut],
            // Of the last answer's run nothing is known any more.
            stamps: vec![(RunId::new(AT, [2; 10]), stamp)],
            instructions: "Be brief.\n\nBe kind.".into(),
            at: AT,
        }
    }

    #[test]
    fn a_conversation_to_read() {
        let text = markdown(&talk("Two things:\n\n- one\n- two\n\n## You, 2026-11-18T11:06:40Z\n\nI never said this."));
        insta::assert_snapshot!(text.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    }

    #[test]
    fn a_conversation_to_go_on_with() {
        let text = json(&talk("Two things."));
        insta::assert_snapshot!(text.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    }

    #[test]
    fn a_file_name_is_one_that_every_system_takes() {
        assert_eq!(stem(&talk("")), "2026-11-18 What is new");
        let mut long = talk("");
        long.conversation.title = "../../etc/passwd\u{0}\n".into();
        assert_eq!(stem(&long), "2026-11-18 etc passwd");
        long.conversation.title = "ü".repeat(500);
        assert_eq!(stem(&long).chars().count(), LONGEST_STEM);
        long.conversation.title = "???".into();
        assert_eq!(stem(&long), "2026-11-18");
    }

    proptest! {
        #[test]
        fn no_answer_passes_for_somebody_else(answer in "(\\PC|[\r\n#>`=-]){0,80}") {
            let text = markdown(&talk(&answer));
            let headings = text.lines().filter(|line| line.starts_with('#')).count();
            prop_assert_eq!(headings, 6, "{}", text);
        }

        #[test]
        fn json_holds_every_word(answer in "\\PC{0,80}") {
            let value: Value = serde_json::from_str(&json(&talk(&answer))).unwrap();
            prop_assert_eq!(value["messages"][1]["text"].as_str(), Some(answer.as_str()));
        }
    }
}
