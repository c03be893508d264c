//! The closed lists of words, once more for the schema: the domain's types do not know `schemars`. A test holds both equal.

use schemars::JsonSchema;

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum Task {
    Chat,
    Code,
    Summarise,
    Translate,
    Embeddings,
    Completion,
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum DataClass {
    Public,
    Internal,
    Confidential,
    Personal,
    SpecialCategory,
    Payment,
    Credentials,
}

#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum WeightFormat {
    Gguf,
    Safetensors,
}

#[cfg(test)]
mod tests {
    use canteen_types as domain;
    use serde::de::DeserializeOwned;

    use super::*;

    fn words<T: JsonSchema>() -> Vec<serde_json::Value> {
        let schema = schemars::schema_for!(T).to_value();
        schema["enum"].as_array().unwrap().clone()
    }

    fn reads<T: DeserializeOwned>(words: &[serde_json::Value]) -> bool {
        words.iter().all(|word| serde_json::from_value::<T>(word.clone()).is_ok())
    }

    #[test]
    fn the_schema_lists_the_words_of_the_domain() {
        assert!(reads::<domain::Task>(&words::<Task>()));
        assert!(reads::<domain::DataClass>(&words::<DataClass>()));
        assert!(reads::<domain::WeightFormat>(&words::<WeightFormat>()));
        // A new word in the domain does not compile here until it is counted.
        let all = |task| match task {
            domain::Task::Chat
            | domain::Task::Code
            | domain::Task::Summarise
            | domain::Task::Translate
            | domain::Task::Embeddings
            | domain::Task::Completion => 6,
        };
        assert_eq!(words::<Task>().len(), all(domain::Task::Chat));
        let all = |class| match class {
            domain::DataClass::Public
            | domain::DataClass::Internal
            | domain::DataClass::Confidential
            | domain::DataClass::Personal
            | domain::DataClass::SpecialCategory
            | domain::DataClass::Payment
            | domain::DataClass::Credentials => 7,
        };
        assert_eq!(words::<DataClass>().len(), all(domain::DataClass::Public));
        let all = |format| match format {
            domain::WeightFormat::Gguf | domain::WeightFormat::Safetensors => 2,
        };
        assert_eq!(words::<WeightFormat>().len(), all(domain::WeightFormat::Gguf));
    }
}
