//! How long a conversation is for a model: counted where it runs, else estimated from what it read last.

use canteen_runner::RunEvent;
use canteen_store::MessageRow;
use canteen_types::RunState;
use canteen_types::frames::{Role, Turn};

use super::Draft;
use super::message::with_files;
use crate::App;
use crate::fault::AppError;
use crate::runs::Slot;
use crate::wire::{Fault, SendMessage, TokenCount};

/// Characters per token, of a text that no model has read yet.
const CHARACTERS: u64 = 4;
/// What a chat template adds to each turn, roughly.
const PER_TURN: u64 = 5;

impl App {
    /// How many tokens would be read if this was sent now. Nothing is stored and nothing is started.
    ///
    /// # Errors
    /// When there is no such conversation or model.
    pub async fn count_tokens(&self, request: SendMessage) -> Result<TokenCount, Fault> {
        let result = self.try_count(request).await;
        self.told(result)
    }

    async fn try_count(&self, request: SendMessage) -> Result<TokenCount, AppError> {
        let model = request.model.clone();
        let (draft, options) = self.blocking(move |app| Ok((app.draft(request)?, app.chat_settings_of(&model)?))).await?;
        let settings = options.bounds.apply(&options.engine, &draft.settings);
        let slot = self.runs.of_model(&draft.model).and_then(|run| self.runs.slot(run));
        let context_tokens = match &slot {
            Some(slot) => slot.live.borrow().context_tokens.unwrap_or(options.context_tokens),
            None => options.context_tokens,
        };
        let (rows, turns) = draft.would_be();
        let exact = match slot {
            Some(slot) => counted(&slot, turns).await,
            None => None,
        };
        let tokens = exact.unwrap_or_else(|| estimate(&draft, &rows));
        Ok(TokenCount { tokens, exact: exact.is_some(), context_tokens, max_answer_tokens: settings.max_answer_tokens })
    }
}

/// `None` while it answers, or where it cannot count.
async fn counted(slot: &Slot, turns: Vec<Turn>) -> Option<u32> {
    if slot.live.borrow().state != RunState::Ready || turns.is_empty() {
        return None;
    }
    let _turn = slot.turn.try_lock().ok()?;
    let mut events = slot.listen();
    let asked = slot.handle.count(turns).ok()?;
    loop {
        match events.recv().await? {
            RunEvent::Counted { answer, tokens } if answer == asked => return Some(tokens),
            RunEvent::Fault { answer: Some(answer), .. } if answer == asked => return None,
            RunEvent::Ended { .. } => return None,
            RunEvent::State(_)
            | RunEvent::Report(..)
            | RunEvent::Loaded { .. }
            | RunEvent::Piece { .. }
            | RunEvent::Counted { .. }
            | RunEvent::Done { .. }
            | RunEvent::Fault { .. } => {}
        }
    }
}

/// By the newest answer whose figures are known: what it read and wrote is sure, the rest is like it.
fn estimate(draft: &Draft, rows: &[MessageRow]) -> u32 {
    let known = rows.iter().rposition(|row| row.role == Role::Assistant && row.figures.is_some());
    let (before, behind) = rows.split_at(known.map_or(0, |at| at.saturating_add(1)));
    let sure = before.last().and_then(|row| row.figures);
    let sure = sure.map(|figures| u64::from(figures.prompt_tokens).saturating_add(u64::from(figures.answer_tokens)));
    let rest = if sure.is_some() { length("", behind) } else { length(&draft.instructions, behind) };
    let added = u64::try_from(behind.len()).unwrap_or(u64::MAX).saturating_mul(PER_TURN);
    let all = match (sure, length(&draft.instructions, before)) {
        (Some(sure), read) if read > 0 => sure.saturating_add(rest.saturating_mul(sure).div_ceil(read)),
        (Some(sure), _) => sure.saturating_add(rest.div_ceil(CHARACTERS)),
        (None, _) => rest.div_ceil(CHARACTERS),
    };
    u32::try_from(all.saturating_add(added)).unwrap_or(u32::MAX)
}

/// In characters.
fn length(instructions: &str, rows: &[MessageRow]) -> u64 {
    let of = |text: &str| u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
    rows.iter().fold(of(instructions), |sum, row| sum.saturating_add(of(&with_files(row.text.expose(), &row.attachments))))
}

#[cfg(test)]
mod tests {
    use canteen_types::frames::AnswerFigures;
    use canteen_types::{ChatSettings, ConversationId, MessageId, Prompt, Timestamp};

    use super::*;

    const AT: Timestamp = Timestamp::from_millis(0);

    fn row(role: Role, text: &str, figures: Option<(u32, u32)>) -> MessageRow {
        let figures = figures.map(|(prompt_tokens, answer_tokens)| AnswerFigures {
            prompt_tokens,
            answer_tokens,
            first_token_ms: 1,
            generation_ms: 1,
        });
        MessageRow {
            id: MessageId::new(AT, [0; 10]),
            conversation: ConversationId::new(AT, [0; 10]),
            role,
            text: Prompt::new(text.into()),
            attachments: Vec::new(),
            at: AT,
            model: None,
            run: None,
            end: None,
            figures,
        }
    }

    fn tokens(instructions: &str, rows: &[MessageRow]) -> u32 {
        let draft = Draft {
            conversation: ConversationId::new(AT, [0; 10]),
            begins: false,
            model: "smollm2".parse().unwrap(),
            settings: ChatSettings::default(),
            instructions: instructions.into(),
            kept: rows.to_vec(),
            new: None,
            replaces: None,
            title: None,
        };
        estimate(&draft, rows)
    }

    #[test]
    fn without_an_answer_a_token_has_four_characters() {
        assert_eq!(tokens("", &[row(Role::User, &"x".repeat(400), None)]), 105);
        assert_eq!(tokens(&"y".repeat(40), &[row(Role::User, &"x".repeat(400), None)]), 115);
        assert_eq!(tokens("", &[]), 0);
    }

    #[test]
    fn after_an_answer_the_rest_is_like_what_was_read() {
        // 200 characters were 100 tokens: two characters each.
        let known = [row(Role::User, &"x".repeat(150), None), row(Role::Assistant, &"y".repeat(50), Some((80, 20)))];
        assert_eq!(tokens("", &known), 100);
        let more = [known[0].clone(), known[1].clone(), row(Role::User, &"z".repeat(60), None)];
        assert_eq!(tokens("", &more), 135);
    }

    #[test]
    fn figures_that_an_engine_made_up_do_not_overflow() {
        let odd = [row(Role::Assistant, "", Some((u32::MAX, u32::MAX))), row(Role::User, &"x".repeat(100), None)];
        assert_eq!(tokens("", &odd), u32::MAX);
    }
}
