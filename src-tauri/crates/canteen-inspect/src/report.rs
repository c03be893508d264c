use std::path::Path;

use canteen_modelfile::lineage::{Fingerprint, TensorDigest};
use canteen_modelfile::{Examination, FileReport, Severity};
use canteen_types::Digest;
use serde::Serialize;

use crate::compare::Compared;
use crate::words::Reader;

/// What was found, as `--json` prints it.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Of all files together.
    pub verdict: Verdict,
    /// Every file, by the path that was given.
    pub files: Vec<File>,
    /// How each path stands to the model that is known, where there is one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub compared: Vec<Compared>,
    /// It was broken off: what is missing was not judged.
    pub cancelled: bool,
}

/// The worst that was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing is wrong.
    #[default]
    Clean,
    /// The content is of no kind that is looked into, so nothing is known. Of a single file only.
    NotInspected,
    /// It could not be read.
    Unreadable,
    /// Something is odd.
    Suspicious,
    /// Never to be loaded.
    Dangerous,
}

/// One file.
#[derive(Debug, Serialize)]
pub struct File {
    /// As it was named, with what is below.
    pub path: String,
    /// Of this file.
    pub verdict: Verdict,
    /// In bytes.
    pub size: u64,
    /// What it is, e.g. `GGUF`.
    pub kind: &'static str,
    /// What its header says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<Facts>,
    /// What is wrong, worst first.
    pub hazards: Vec<Hazard>,
    /// What its whole content tells, where that was asked for.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub whole: Option<Whole>,
    /// Why it could not be read, or not to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
}

/// What the whole content of a file tells.
#[derive(Debug, Serialize)]
pub struct Whole {
    /// Of all bytes.
    pub digest: Digest,
    /// Of a model whose weights can be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Fingerprint>,
    /// The digest of each of its tensors.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tensors: Vec<TensorDigest>,
}

/// Claims of a header, each as the file has it.
#[derive(Debug, Serialize)]
pub struct Facts {
    /// What it calls itself.
    pub name: Option<String>,
    /// e.g. `llama`.
    pub architecture: Option<String>,
    /// Number of weights.
    pub parameters: Option<u64>,
    /// Of most weights.
    pub quantisation: Option<String>,
    /// In tokens.
    pub context_length: Option<u32>,
    /// As the file names it.
    pub licence: Option<String>,
    /// Nearest first.
    pub base_models: Vec<String>,
    /// Number of tensors.
    pub tensors: u64,
    /// SHA-256 of the chat template.
    pub chat_template: Option<String>,
}

/// One hazard.
#[derive(Debug, Serialize)]
pub struct Hazard {
    /// Stable, `format.what`.
    pub code: &'static str,
    /// How bad.
    pub severity: Verdict,
    /// One sentence for whoever asked.
    pub sentence: &'static str,
    /// What exactly, as the file has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Members of archives that lead there, outermost first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// In bytes from the beginning of the innermost one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
}

impl File {
    /// What stands against its use. What is suspicious counts unless its code was accepted; what is dangerous always does.
    #[must_use]
    pub fn objections(&self, accepted: &[String]) -> Vec<&Hazard> {
        let stands = |hazard: &&Hazard| hazard.severity == Verdict::Dangerous || !accepted.iter().any(|code| code == hazard.code);
        self.hazards.iter().filter(stands).collect()
    }
}

impl Report {
    /// Dangerous before suspicious before unreadable: a file that could not be read makes no danger smaller.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.verdict {
            Verdict::Dangerous => 20,
            Verdict::Suspicious => 10,
            Verdict::Unreadable => 1,
            Verdict::Clean | Verdict::NotInspected if self.cancelled => 130,
            // What was asked could not be answered.
            Verdict::Clean | Verdict::NotInspected if self.compared.iter().any(Compared::failed) => 1,
            Verdict::Clean | Verdict::NotInspected => 0,
        }
    }

    /// Why a file could not be read, if one could not: what was not looked into does not count as harmless.
    #[must_use]
    pub fn unreadable_because(&self) -> Option<&str> {
        self.files.iter().find_map(|file| file.unreadable.as_deref())
    }

    pub(crate) fn take(&mut self, root: &Path, found: Examination, reader: Reader) {
        self.cancelled |= found.cancelled;
        let single = root.is_file();
        for file in found.files {
            let path = if single || file.path.as_os_str().is_empty() { root.to_owned() } else { root.join(&file.path) };
            self.add(File::new(&path, file, reader));
        }
    }

    pub(crate) fn unreadable(&mut self, path: &Path, error: &std::io::Error) {
        self.add(File {
            path: path.display().to_string(),
            verdict: Verdict::Unreadable,
            size: 0,
            kind: canteen_modelfile::Kind::Unknown.name(),
            facts: None,
            hazards: Vec::new(),
            whole: None,
            unreadable: Some(error.to_string()),
        });
    }

    fn add(&mut self, file: File) {
        self.verdict = self.verdict.max(file.verdict);
        self.files.push(file);
    }
}

impl File {
    pub(crate) fn new(path: &Path, file: FileReport, reader: Reader) -> Self {
        let mut hazards: Vec<Hazard> = file.hazards.into_iter().map(|hazard| Hazard::new(hazard, reader)).collect();
        hazards.sort_by_key(|hazard| std::cmp::Reverse(hazard.severity));
        let otherwise = match (&file.unreadable, file.looked_into) {
            (Some(_), _) => Verdict::Unreadable,
            (None, true) => Verdict::Clean,
            (None, false) => Verdict::NotInspected,
        };
        Self {
            path: path.display().to_string(),
            verdict: hazards.first().map_or(otherwise, |hazard| hazard.severity),
            size: file.size,
            kind: file.kind.name(),
            facts: file.facts.map(Facts::new).or(file.described.map(Facts::described)),
            hazards,
            whole: file.whole.map(Whole::new),
            unreadable: file.unreadable,
        }
    }
}

impl Whole {
    fn new(whole: canteen_modelfile::Whole) -> Self {
        let digest = whole.digest;
        let Some(profile) = whole.profile else { return Self { digest, fingerprint: None, tensors: Vec::new() } };
        let tensors = profile.contents.map_or_else(Vec::new, |contents| contents.tensors);
        Self { digest, fingerprint: Some(profile.fingerprint), tensors }
    }
}

impl Facts {
    fn new(facts: canteen_modelfile::Facts) -> Self {
        Self {
            chat_template: facts.chat_template_digest().map(|digest| digest.to_string()),
            name: facts.name,
            architecture: facts.architecture,
            parameters: facts.parameters,
            quantisation: facts.quantisation.map(|quantisation| quantisation.to_string()),
            context_length: facts.context_length,
            licence: facts.licence,
            base_models: facts.base_models,
            tensors: facts.tensors,
        }
    }

    fn described(described: canteen_modelfile::formats::Described) -> Self {
        Self {
            name: described.name,
            architecture: described.architecture,
            parameters: described.parameters,
            quantisation: described.element,
            context_length: described.context_length.and_then(|length| u32::try_from(length).ok()),
            licence: described.licence,
            base_models: described.base_models,
            tensors: described.tensor_count,
            chat_template: None,
        }
    }
}

impl Hazard {
    fn new(hazard: canteen_modelfile::Hazard, reader: Reader) -> Self {
        let code = hazard.code;
        Self {
            code: code.code,
            severity: match code.severity {
                Severity::Suspicious => Verdict::Suspicious,
                Severity::Dangerous => Verdict::Dangerous,
            },
            sentence: match reader {
                Reader::Employee => code.employee,
                Reader::It => code.it,
            },
            detail: hazard.detail,
            members: hazard.position.members,
            offset: hazard.position.offset,
        }
    }
}
