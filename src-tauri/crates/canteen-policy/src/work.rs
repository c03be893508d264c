//! What a model of language is probably used for, by the words in its names: nobody reads what people ask it.

use canteen_types::Task;

/// Best guess first. Conversation is always among them: whoever runs such a model talks to it.
///
/// ```
/// use canteen_policy::likely_work;
/// use canteen_types::Task;
///
/// assert_eq!(likely_work(["Qwen2.5 Coder 7B Instruct"]), [Task::Code, Task::Chat]);
/// ```
#[must_use]
pub fn likely_work<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Task> {
    let mut found = Vec::new();
    for name in names {
        let lower = name.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric());
        found.extend(words.filter_map(special));
    }
    found.push(Task::Chat);
    let mut work = Vec::new();
    for task in found {
        if !work.contains(&task) {
            work.push(task);
        }
    }
    work
}

/// Work that a word of a name stands for.
fn special(word: &str) -> Option<Task> {
    let of_a_network = ["encode", "decode", "codec", "codebook"].iter().any(|part| word.contains(part));
    if word.contains("code") && !of_a_network || word == "devstral" {
        Some(Task::Code)
    } else if word.contains("translat") || ["nllb", "madlad400", "opusmt"].contains(&word) {
        Some(Task::Translate)
    } else if word.contains("summari") {
        Some(Task::Summarise)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_name_tell_the_work() {
        let work = |name| likely_work([name]);
        for name in ["deepseek-coder-6.7b.Q4_K_M.gguf", "starcoder2", "CodeLlama 13B", "Devstral Small", "sqlcoder_7b"] {
            assert_eq!(work(name), [Task::Code, Task::Chat], "{name}");
        }
        for name in ["Llama 3.2 3B Instruct", "t5-encoder-decoder", "EnCodec 24 kHz", "", "mistral"] {
            assert_eq!(work(name), [Task::Chat], "{name}");
        }
        assert_eq!(work("TranslateGemma 4B"), [Task::Translate, Task::Chat]);
        assert_eq!(work("nllb-200-distilled"), [Task::Translate, Task::Chat]);
        assert_eq!(work("bart-large-summarization"), [Task::Summarise, Task::Chat]);
    }

    #[test]
    fn each_work_is_named_once_whatever_repeats_it() {
        assert_eq!(likely_work(["coder", "code-translator.gguf"]), [Task::Code, Task::Translate, Task::Chat]);
    }
}
