use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Prompt;

/// What a person chose for one conversation. What is absent is as the entry says.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChatSettings {
    /// In front of the conversation; an empty text means none at all.
    pub instructions: Option<String>,
    /// 0 always takes the likeliest token.
    pub temperature: Option<f32>,
    /// Nucleus sampling.
    pub top_p: Option<f32>,
    /// Candidates per token; 0 means all.
    pub top_k: Option<u32>,
    /// Longest answer, in tokens.
    pub max_answer_tokens: Option<u32>,
    /// The same seed gives the same answer to the same conversation.
    pub seed: Option<u32>,
}

impl fmt::Debug for ChatSettings {
    /// Shows no word of the instructions.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatSettings")
            .field("instructions", &self.instructions.as_ref().map(String::len))
            .field("temperature", &self.temperature)
            .field("top_p", &self.top_p)
            .field("top_k", &self.top_k)
            .field("max_answer_tokens", &self.max_answer_tokens)
            .field("seed", &self.seed)
            .finish()
    }
}

/// A text file that a person gave with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// File name, without a folder.
    pub name: String,
    /// The whole text.
    pub text: Prompt,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_do_not_print() {
        let settings = ChatSettings { instructions: Some("my salary".into()), seed: Some(7), ..ChatSettings::default() };
        let shown = format!("{settings:?}");
        assert!(!shown.contains("salary") && shown.contains("Some(9)") && shown.contains("Some(7)"), "{shown}");
    }

    #[test]
    fn what_is_absent_stays_absent() {
        assert_eq!(serde_json::from_str::<ChatSettings>("{}").unwrap(), ChatSettings::default());
        assert!(serde_json::from_str::<ChatSettings>(r#"{"mirostat":2}"#).is_err());
    }
}
