//! Answers as they come, on a terminal or in a pipe.

use std::io::{BufRead as _, IsTerminal as _, Read as _};

use canteen_app::call::{ById, Call};
use canteen_app::client::Client;
use canteen_app::wire::{ChatEvent, ChatSettings, Message, Model, SendMessage};
use canteen_types::{ConversationId, EntryId, RunState};

use crate::args::Talk;
use crate::failure::Failure;
use crate::out::Out;

/// Longest prompt that is read from a pipe, in bytes.
const LONGEST_PROMPT: u64 = 512 * 1024;

/// What is sent; settings only count for a new conversation.
pub(crate) fn question(model: &EntryId, talk: &Talk, text: String) -> SendMessage {
    let settings = ChatSettings {
        instructions: talk.system.clone(),
        temperature: talk.temperature,
        top_p: talk.top_p,
        top_k: talk.top_k,
        max_answer_tokens: talk.max_tokens,
        seed: talk.seed,
    };
    SendMessage {
        conversation: talk.conversation,
        model: model.clone(),
        text,
        attachments: Vec::new(),
        replaces: None,
        settings: (settings != ChatSettings::default()).then_some(settings),
    }
}

/// Asks once and prints the answer. Ctrl C stops it; what was written is kept.
pub(crate) async fn ask(client: &mut Client, question: SendMessage, out: &Out) -> Result<(ConversationId, Message), Failure> {
    let mut place = question.conversation;
    let mut stream = client.chat(question).await?;
    let mut stopped = false;
    loop {
        let event = tokio::select! {
            event = stream.next() => event?,
            _ = tokio::signal::ctrl_c(), if !stopped => {
                stopped = true;
                if let Some(id) = place {
                    stream.ask(Call::StopAnswer(ById { id })).await?;
                    continue;
                }
                return Err(Failure::Interrupted);
            }
        };
        match event {
            Some(ChatEvent::Accepted { conversation, .. }) => place = Some(conversation),
            Some(ChatEvent::Starting { state: RunState::Starting }) if out.terminal() => out.note("Starting the model …"),
            Some(ChatEvent::Starting { .. }) => {}
            Some(ChatEvent::Piece { text }) if !out.json() => out.write(&text)?,
            Some(ChatEvent::Piece { .. }) => {}
            Some(ChatEvent::Done { message }) => {
                if !out.json() {
                    out.line("")?;
                }
                if stopped {
                    return Err(Failure::Interrupted);
                }
                let place = place.ok_or_else(|| anyhow::anyhow!("the host answered out of order"))?;
                return Ok((place, message));
            }
            Some(ChatEvent::Failed { fault, .. }) => {
                if !out.json() {
                    out.line("")?;
                }
                return Err(Box::new(fault).into());
            }
            None => return Err(anyhow::anyhow!("the host ended the answer without a result").into()),
        }
    }
}

/// `speed` under an answer, for people.
pub(crate) fn figures(message: &Message) -> String {
    let speed = message.speed.map(|speed| format!("{speed:.0} tokens/s")).unwrap_or_default();
    let first = message.first_token_ms.map(|ms| format!("first token {ms} ms")).unwrap_or_default();
    let tokens = message.answer_tokens.map(|n| format!("{n} tokens")).unwrap_or_default();
    let prompt = message.prompt_tokens.map(|n| format!("prompt {n} tokens")).unwrap_or_default();
    [speed, first, tokens, prompt].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The prompt from the command line, else from a pipe; `None` on a terminal.
pub(crate) fn prompt_or_pipe(words: &[String]) -> Result<Option<String>, Failure> {
    if !words.is_empty() {
        return Ok(Some(words.join(" ")));
    }
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Ok(None);
    }
    let mut text = String::new();
    stdin.lock().take(LONGEST_PROMPT).read_to_string(&mut text)?;
    let text = text.trim().to_owned();
    if text.is_empty() { Err(anyhow::anyhow!("standard input holds no prompt").into()) } else { Ok(Some(text)) }
}

/// Lines in, answers out, until the end of input or `/bye`.
pub(crate) async fn converse(client: &mut Client, model: &Model, mut talk: Talk, out: &Out) -> Result<(), Failure> {
    if out.terminal() {
        out.note(&format!("Chatting with {}. Ctrl C stops an answer, Ctrl D or /bye ends.", model.name));
    }
    loop {
        if out.terminal() {
            out.write("> ")?;
        }
        let line = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line).map(|read| (read, line))
        });
        let (read, line) = line.await.map_err(anyhow::Error::from)??;
        let text = line.trim();
        if read == 0 || text == "/bye" {
            return Ok(());
        }
        if text.is_empty() {
            continue;
        }
        match ask(client, question(&model.id, &talk, text.to_owned()), out).await {
            Ok((place, message)) => {
                talk.conversation = Some(place);
                if out.json() {
                    out.show(&message, |_| String::new())?;
                } else if out.terminal() {
                    out.note(&figures(&message));
                }
            }
            Err(Failure::Interrupted) if out.terminal() => {}
            Err(other) => return Err(other),
        }
    }
}
