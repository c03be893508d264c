use canteen_app::call::{ById, Call};
use canteen_app::client::Client;
use canteen_app::wire::{
    Conversation, ConversationLine, ExportConversation, ExportFormat, ExportedText, FoundConversations, RenameConversation,
    SavedFile, SearchConversations,
};
use canteen_types::ConversationId;
use canteen_types::frames::Role;

use crate::args::{ConversationAction, Format};
use crate::chat::figures;
use crate::failure::Failure;
use crate::out::{Out, moment, table};

pub(crate) async fn conversations(client: &mut Client, action: Option<ConversationAction>, out: &Out) -> Result<(), Failure> {
    match action.unwrap_or(ConversationAction::List { search: None }) {
        ConversationAction::List { search: None } => list(client, out).await,
        ConversationAction::List { search: Some(words) } => search(client, words, out).await,
        ConversationAction::Show { conversation } => show(client, conversation, out).await,
        ConversationAction::Export { conversation, format, output } => {
            let request = ExportConversation { id: conversation, format: export_format(format) };
            match output {
                None => export(client, request, out).await,
                Some(output) => export_to(client, request, &output, out).await,
            }
        }
        ConversationAction::Rename { conversation, title } => {
            client.call::<()>(Call::RenameConversation(RenameConversation { id: conversation, title })).await?;
            out.show(&conversation, |_| "It has its new title.".into())
        }
        ConversationAction::Delete { conversation } => {
            // An id that names nothing is a mistake here; the host takes it for done.
            let known: Conversation = client.call(Call::GetConversation(ById { id: conversation })).await?;
            client.call::<()>(Call::DeleteConversation(ById { id: conversation })).await?;
            out.show(&conversation, |_| format!("“{}” was deleted.", known.line.title))
        }
    }
}

const fn export_format(format: Format) -> ExportFormat {
    match format {
        Format::Markdown => ExportFormat::Markdown,
        Format::Json => ExportFormat::Json,
    }
}

async fn list(client: &mut Client, out: &Out) -> Result<(), Failure> {
    let lines: Vec<ConversationLine> = client.call(Call::ListConversations).await?;
    out.show(&lines, |lines| {
        if lines.is_empty() {
            return "No conversations yet. Begin one with: canteen chat".into();
        }
        table(&["ID", "WHEN", "MODEL", "TITLE"], lines.iter().map(row))
    })
}

fn row(line: &ConversationLine) -> Vec<String> {
    vec![line.id.to_string(), moment(line.updated), line.model.to_string(), line.title.clone()]
}

async fn search(client: &mut Client, words: String, out: &Out) -> Result<(), Failure> {
    let found: FoundConversations = client.call(Call::SearchConversations(SearchConversations { words })).await?;
    out.show(&found, |found| {
        if found.found.is_empty() {
            return "Nothing was found.".into();
        }
        let rows = found.found.iter().map(|one| {
            let mut cells = row(&one.line);
            cells.push(one.excerpt.clone().unwrap_or_default());
            cells
        });
        let mut text = table(&["ID", "WHEN", "MODEL", "TITLE", "FOUND"], rows);
        if found.more {
            text.push_str("\n\nThere may be more; look for more words.");
        }
        text
    })
}

async fn show(client: &mut Client, id: ConversationId, out: &Out) -> Result<(), Failure> {
    let conversation: Conversation = client.call(Call::GetConversation(ById { id })).await?;
    out.show(&conversation, |conversation| {
        let mut text = format!("{}\n", conversation.line.title);
        for message in &conversation.messages {
            let who = match (message.role, &message.model) {
                (Role::Assistant, Some(model)) => model.to_string(),
                (Role::Assistant, None) => "Model".into(),
                (Role::User, _) => "You".into(),
                (Role::System, _) => "Instructions".into(),
            };
            text.push_str(&format!("\n{who} · {}\n{}\n", moment(message.at), message.text.trim_end()));
            for file in &message.attachments {
                text.push_str(&format!("[{}, {} bytes]\n", file.name, file.text.len()));
            }
            let figures = figures(message);
            if !figures.is_empty() {
                text.push_str(&format!("({figures})\n"));
            }
        }
        text
    })
}

async fn export(client: &mut Client, request: ExportConversation, out: &Out) -> Result<(), Failure> {
    let exported: SavedFile = client.call(Call::ExportConversation(request)).await?;
    out.show(&exported, |exported| format!("Written to {}. The file is not encrypted.", exported.path))
}

async fn export_to(client: &mut Client, request: ExportConversation, output: &std::path::Path, out: &Out) -> Result<(), Failure> {
    let ExportedText { text, .. } = client.call(Call::ReadConversation(request)).await?;
    if output.as_os_str() == "-" {
        return out.write(&text);
    }
    // What stands there already is never overwritten.
    let mut options = fs_err::OpenOptions::new();
    let mut file = options.write(true).create_new(true).open(output).map_err(anyhow::Error::from)?;
    std::io::Write::write_all(&mut file, text.as_bytes()).map_err(anyhow::Error::from)?;
    out.show(&request, |_| format!("Written to {}. The file is not encrypted.", output.display()))
}
