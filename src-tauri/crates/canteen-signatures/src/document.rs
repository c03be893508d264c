//! The document as serde sees it. [`crate::rules`] checks what types cannot.

use schemars::{JsonSchema, schema_for};
use serde::Deserialize;

/// What is known about programs that run models, and about models that are only listed. TOML; the order of runners counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(title = "Canteen signatures")]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    /// Always 1; a reader refuses any other.
    #[schemars(range(min = 1, max = 1))]
    pub(crate) format: u32,
    /// Grows with every change.
    #[schemars(range(min = 1, max = 1_000_000_000))]
    pub(crate) version: u32,
    /// Programs that run models.
    #[serde(default)]
    #[schemars(length(max = 200))]
    pub(crate) runner: Vec<RunnerDocument>,
    /// Models that are listed and never nudged about.
    #[serde(default)]
    #[schemars(length(max = 100))]
    pub(crate) inventory: Vec<InventoryDocument>,
}

/// A program that runs models, or a library with a store of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunnerDocument {
    /// Small letters, digits and `-`. One that is known already is added to.
    #[schemars(length(min = 1, max = 64), regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"))]
    pub(crate) id: String,
    /// What people call it.
    #[schemars(length(min = 1, max = 80))]
    pub(crate) name: String,
    /// Where the facts come from.
    #[schemars(length(min = 1, max = 300))]
    pub(crate) source: String,
    /// File names of its programs without `.exe`. A label for people: no name is evidence.
    #[serde(default)]
    #[schemars(length(max = 32))]
    pub(crate) programs: Vec<String>,
    /// Where it usually waits. Decides what is asked first, and nothing else.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub(crate) ports: Vec<u16>,
    /// What the `Server` line of its answers begins with.
    #[schemars(length(min = 1, max = 80))]
    pub(crate) server: Option<String>,
    /// Counts only where no other runner fits an answer.
    #[serde(default)]
    pub(crate) fallback: bool,
    /// Where it keeps weights.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub(crate) store: Vec<StoreDocument>,
    /// What its server may be asked, in this order. The first question tells whether it is one.
    #[serde(default)]
    #[schemars(length(max = 4))]
    pub(crate) ask: Vec<AskDocument>,
}

/// Where a runner keeps weights.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoreDocument {
    /// Folders on Linux: `~/…` below the person's home, or whole paths.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub(crate) linux: Vec<String>,
    /// On macOS.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub(crate) macos: Vec<String>,
    /// On Windows, with `/` between names.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub(crate) windows: Vec<String>,
    /// The environment variable that moves it.
    #[schemars(length(min = 1, max = 64), regex(pattern = r"^[A-Z][A-Z0-9_]*$"))]
    pub(crate) variable: Option<String>,
    /// Follows the variable's folder.
    #[schemars(length(min = 1, max = 200))]
    pub(crate) below: Option<String>,
}

/// One harmless GET, and what its answer says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskDocument {
    /// Letters, digits, `/`, `.`, `_` and `-`; no word that makes a server do something, such as `load` or `delete`.
    #[schemars(length(min = 1, max = 128), regex(pattern = r"^/[A-Za-z0-9/._-]*$"))]
    pub(crate) path: String,
    /// Any of these in the answer: it is this runner.
    #[serde(default)]
    #[schemars(length(max = 8))]
    pub(crate) sign: Vec<SignDocument>,
    /// JSON pointer (RFC 6901) to the list of models; absent: the whole answer is one model.
    #[schemars(length(max = 128))]
    pub(crate) list: Option<String>,
    /// JSON pointer within one model to what it calls itself. Of a path, the last name is taken.
    #[schemars(length(max = 128))]
    pub(crate) name: Option<String>,
    /// JSON pointer within one model to its context, in tokens.
    #[schemars(length(max = 128))]
    pub(crate) context: Option<String>,
    /// JSON pointer within one model to the computer that it is forwarded to; a text there means that no weights are held here.
    #[schemars(length(max = 128))]
    pub(crate) forwards: Option<String>,
    /// What it lists is in memory, not only on offer.
    #[serde(default)]
    pub(crate) loaded: bool,
}

/// What an answer is recognised by: either its whole text, or a value in its JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignDocument {
    /// The whole text of the answer.
    #[schemars(length(min = 1, max = 200))]
    pub(crate) body: Option<String>,
    /// JSON pointer to a value that is there.
    #[schemars(length(min = 1, max = 128))]
    pub(crate) at: Option<String>,
    /// With `at`: the value as text.
    #[schemars(length(min = 1, max = 200))]
    pub(crate) is: Option<String>,
}

/// Models that are listed and never nudged about: in one of these folders, or of one of these architectures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InventoryDocument {
    /// Small letters, digits and `-`. One that is known already is added to.
    #[schemars(length(min = 1, max = 64), regex(pattern = r"^[a-z0-9]+(-[a-z0-9]+)*$"))]
    pub(crate) id: String,
    /// In words.
    #[schemars(length(min = 1, max = 80))]
    pub(crate) name: String,
    /// Where the facts come from.
    #[schemars(length(min = 1, max = 300))]
    pub(crate) source: String,
    /// Folders on Linux: `~/…` below the person's home, or whole paths; `*` stands for one name.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub(crate) linux: Vec<String>,
    /// On macOS.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub(crate) macos: Vec<String>,
    /// On Windows, with `/` between names.
    #[serde(default)]
    #[schemars(length(max = 16))]
    pub(crate) windows: Vec<String>,
    /// As headers name them.
    #[serde(default)]
    #[schemars(length(max = 64))]
    pub(crate) architectures: Vec<String>,
}

/// The JSON Schema of the document, as committed in `schema/`.
#[must_use]
pub fn schema() -> String {
    let mut text = serde_json::to_string_pretty(&schema_for!(Document)).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_schema_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/signatures.schema.json");
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            fs_err::write(path, schema()).unwrap();
        }
        let committed = fs_err::read_to_string(path).unwrap_or_default();
        assert!(committed == schema(), "{path} is out of date: run this test with UPDATE_SCHEMA=1 and commit it");
    }
}
