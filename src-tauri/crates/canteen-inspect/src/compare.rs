//! How a model stands to one that is known.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use canteen_modelfile::lineage::{self, Comparison, Profile};
use canteen_modelfile::{Bounds, Limits, ModelFileError, ModelFiles, Tree as _};
use serde::Serialize;

use crate::{Disk, Report};

/// How one model stands to a known one.
#[derive(Debug, Serialize)]
pub struct Compared {
    /// As it was named.
    pub file: String,
    /// The one that is known, as it was named.
    pub known: String,
    /// What came out.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What came out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Both could be read.
    Comparison(Box<Comparison>),
    /// Which of the two could not, and why.
    NotCompared(String),
}

/// Told again and again while a file is read whole.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// As it was named.
    pub path: &'a Path,
    /// In bytes.
    pub done: u64,
    /// In bytes.
    pub size: u64,
}

/// Whether to go on.
type Go<'a> = dyn FnMut(Reading<'_>) -> ControlFlow<()> + 'a;

#[derive(Debug, thiserror::Error)]
enum NotRead {
    #[error("it could not be read: {0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Model(ModelFileError),
    #[error("it holds no weights that can be compared, which are GGUF, safetensors, and ONNX with its weights inside")]
    NoModel,
    #[error("it holds {0} models; name one of them")]
    Several(usize),
    #[error("stopped before the end")]
    Stopped,
}

impl From<ModelFileError> for NotRead {
    fn from(error: ModelFileError) -> Self {
        if matches!(error, ModelFileError::Unknown) { Self::NoModel } else { Self::Model(error) }
    }
}

/// The same for every path, where it is the known one.
#[derive(Clone, Debug)]
struct Failed {
    because: String,
    stopped: bool,
}

impl Failed {
    fn of(path: &Path, error: &NotRead) -> Self {
        Self { because: format!("{}: {error}", path.display()), stopped: matches!(error, NotRead::Stopped) }
    }
}

/// Reads each path and `known` whole and adds to the report how they stand to it. `progress` may break off.
pub fn compare(report: &mut Report, paths: &[PathBuf], known: &Path, progress: &mut Go<'_>) {
    if report.cancelled {
        return;
    }
    let first = profile(known, progress).map_err(|error| Failed::of(known, &error));
    for path in paths {
        let found = match &first {
            Ok(first) => {
                profile(path, progress).map(|second| lineage::compare(first, &second)).map_err(|error| Failed::of(path, &error))
            }
            Err(failed) => Err(failed.clone()),
        };
        report.cancelled = found.as_ref().is_err_and(|failed| failed.stopped);
        report.compared.push(Compared::new(path, known, found));
        if report.cancelled {
            break;
        }
    }
}

impl Compared {
    fn new(file: &Path, known: &Path, found: Result<Comparison, Failed>) -> Self {
        let outcome = match found {
            Ok(comparison) => Outcome::Comparison(Box::new(comparison)),
            Err(failed) => Outcome::NotCompared(failed.because),
        };
        Self { file: file.display().to_string(), known: known.display().to_string(), outcome }
    }

    /// It did not come to a comparison.
    pub(crate) fn failed(&self) -> bool {
        matches!(self.outcome, Outcome::NotCompared(_))
    }
}

fn profile(path: &Path, progress: &mut Go<'_>) -> Result<Profile, NotRead> {
    let mut disk = Disk::at(path)?;
    let ModelFiles { files, promised } = match disk.single() {
        Some(name) => ModelFiles { files: vec![name.to_owned()], promised: None },
        None => the_model(&mut disk, progress)?,
    };
    let parts = files.iter().map(|file| disk.open(file)).collect::<io::Result<_>>()?;
    let (mut joined, index) = lineage::index_parts(parts, promised, &Limits::default())?;
    let size = joined.size();
    let fingerprint = lineage::fingerprint(&mut joined, &index)?;
    let mut go_on = |done| progress(Reading { path, done, size });
    let contents = lineage::contents(&mut joined, size, &index, &mut go_on)?.ok_or(NotRead::Stopped)?;
    Ok(Profile { fingerprint, contents: Some(contents), template: index.facts.and_then(|facts| facts.chat_template) })
}

/// The only model in a folder, be it a store of Hugging Face or Ollama, with all of its files.
fn the_model(disk: &mut Disk, progress: &mut Go<'_>) -> Result<ModelFiles, NotRead> {
    let mut go_on = |at: canteen_modelfile::Progress<'_>| progress(Reading { path: at.path, done: 0, size: 0 });
    let found = canteen_modelfile::examine(disk, &Bounds::default(), &mut go_on);
    if found.cancelled {
        return Err(NotRead::Stopped);
    }
    let mut models = found.models;
    match models.len() {
        0 | 1 => models.pop().ok_or(NotRead::NoModel),
        count => Err(NotRead::Several(count)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Reader, inspect};

    /// One tensor, as safetensors.
    fn weights(number: f32) -> Vec<u8> {
        let header = br#"{"norm.weight":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
        let data = [number.to_le_bytes(), 1_f32.to_le_bytes()].concat();
        [&(header.len() as u64).to_le_bytes()[..], header, &data].concat()
    }

    fn compared(path: &Path, known: &Path) -> Report {
        let paths = [path.to_owned()];
        let mut report = inspect(&paths, Reader::It, &mut |_| ControlFlow::Continue(()));
        compare(&mut report, &paths, known, &mut |_| ControlFlow::Continue(()));
        report
    }

    #[track_caller]
    fn not_compared(path: &Path, known: &Path, about: &Path, because: &str) {
        let report = compared(path, known);
        assert!(report.exit_code() == 1, "what was asked has no answer");
        let Outcome::NotCompared(text) = &report.compared[0].outcome else { panic!("{report:?}") };
        assert!(text.starts_with(&about.display().to_string()) && text.contains(because), "{text}");
    }

    #[test]
    fn a_folder_is_compared_by_its_only_model() {
        let root = tempfile::tempdir().unwrap();
        let (known, folder) = (root.path().join("known.safetensors"), root.path().join("folder"));
        fs_err::create_dir(&folder).unwrap();
        fs_err::write(&known, weights(2.0)).unwrap();
        not_compared(&folder, &known, &folder, "no weights");
        fs_err::write(folder.join("model.safetensors"), weights(2.0)).unwrap();
        let report = compared(&folder, &known);
        let Outcome::Comparison(found) = &report.compared[0].outcome else { panic!("{report:?}") };
        assert_eq!((found.kinship, report.exit_code()), (lineage::Kinship::Identical, 0));
        fs_err::write(folder.join("another.safetensors"), weights(3.0)).unwrap();
        not_compared(&folder, &known, &folder, "2 models");
        not_compared(&known, &folder.join("nothing"), &folder.join("nothing"), "could not be read");
    }

    #[test]
    fn the_parts_of_a_model_are_one() {
        let root = tempfile::tempdir().unwrap();
        let (known, folder) = (root.path().join("known.safetensors"), root.path().join("folder"));
        fs_err::create_dir(&folder).unwrap();
        let whole = weights(2.0);
        fs_err::write(&known, &whole).unwrap();
        fs_err::write(folder.join("model.safetensors.part1of2"), &whole[..76]).unwrap();
        fs_err::write(folder.join("model.safetensors.part2of2"), &whole[76..]).unwrap();
        let report = compared(&folder, &known);
        let Outcome::Comparison(found) = &report.compared[0].outcome else { panic!("{report:?}") };
        assert_eq!(found.kinship, lineage::Kinship::Identical);
        fs_err::remove_dir_all(&folder).unwrap();
        fs_err::create_dir(&folder).unwrap();
        fs_err::write(folder.join("model-00001-of-00002.safetensors"), &whole).unwrap();
        not_compared(&folder, &known, &folder, "comes in 2 parts, and 1 of them");
    }

    #[test]
    fn it_stops_when_asked() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("model.safetensors");
        fs_err::write(&path, weights(2.0)).unwrap();
        let mut report = Report::default();
        compare(&mut report, &[path.clone(), path.clone()], &path, &mut |_| ControlFlow::Break(()));
        assert_eq!((report.compared.len(), report.exit_code()), (1, 130));
    }
}
