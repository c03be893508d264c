//! How a model stands to one that is known.

use std::io;
use std::path::{Path, PathBuf};

use canteen_modelfile::formats::Neighbour;
use canteen_modelfile::lineage::{self, Comparison, Profile};
use canteen_modelfile::{Examination, FileReport, Hands, Limits, ModelFileError, ModelFiles, Progress, Reach, Source, Tree as _};
use serde::Serialize;

use crate::look::{Asker, below};
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

/// Why there is nothing to compare.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotRead {
    #[error("it could not be read: {0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Model(ModelFileError),
    #[error("it holds no weights that can be compared, which are GGUF, safetensors and ONNX")]
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

/// The weights below one path, which can be compared.
pub(crate) enum Weights {
    /// They were read whole.
    Known(Box<Profile>),
    /// In which files they lie, in what.
    At(Disk, ModelFiles),
    /// There is none, or not one.
    NotRead(NotRead),
}

impl Weights {
    /// The only one that was found, be it in a store of Hugging Face or Ollama.
    pub(crate) fn of(disk: Disk, found: &Examination) -> Self {
        match (found.models.as_slice(), disk.single().map(Path::to_path_buf)) {
            ([], None) => Self::NotRead(NotRead::NoModel),
            // To be read again: only that tells why it cannot be compared.
            ([], Some(path)) => Self::At(disk, ModelFiles { files: vec![path], promised: None }),
            ([model], _) => match profile(found, model) {
                Some(profile) => Self::Known(profile.into()),
                None => Self::At(disk, model.clone()),
            },
            (several, _) => Self::NotRead(NotRead::Several(several.len())),
        }
    }

    fn profile(self, asker: &Asker<'_>) -> Result<Profile, NotRead> {
        let (mut disk, ModelFiles { files, promised }) = match self {
            Self::Known(profile) => return Ok(*profile),
            Self::NotRead(error) => return Err(error),
            Self::At(disk, model) => (disk, model),
        };
        let path = files.first().ok_or(NotRead::NoModel)?;
        let mut parts = files.iter().map(|file| open(&mut disk, file, file == path)).collect::<io::Result<Vec<_>>>()?;
        let size = parts.iter().map(|(_, size)| *size).fold(0, u64::saturating_add);
        let go_on = &mut |read| asker.go_on(Progress { path, read, size, done: 0, total: 1 });
        let limits = Limits::default();
        let found = match (parts.as_mut_slice(), promised) {
            ([(source, size)], None) => lineage::profile(&mut **source, *size, &limits, Hands::Many, go_on)?,
            _ => lineage::profile_of_parts(parts, promised, &limits, go_on)?,
        };
        found.ok_or(NotRead::Stopped)
    }
}

/// The first file was named by a person or found; the others may be names that it gives, and lead nowhere else.
fn open(disk: &mut Disk, file: &Path, first: bool) -> io::Result<(Box<dyn Source>, u64)> {
    if first || matches!(disk.beside(file), Neighbour::File { .. }) {
        return disk.open(file);
    }
    Err(io::Error::other(format!("{} is needed as well and is not there", file.display())))
}

/// Of a model in one file that was read whole.
fn profile(found: &Examination, model: &ModelFiles) -> Option<Profile> {
    let [path] = model.files.as_slice() else { return None };
    let file: &FileReport = found.files.iter().find(|file| file.path == *path)?;
    file.whole.as_ref()?.profile.clone()
}

/// Says how each path stands to `known`, which is read whole.
pub(crate) fn compare(report: &mut Report, found: Vec<(PathBuf, Weights)>, known: &Path, asker: &Asker<'_>) {
    let first = profile_at(known, asker).map_err(|error| Failed::of(known, &error));
    for (path, weights) in found {
        let found = match &first {
            Ok(first) => {
                weights.profile(asker).map(|second| lineage::compare(first, &second)).map_err(|error| Failed::of(&path, &error))
            }
            Err(failed) => Err(failed.clone()),
        };
        report.cancelled = found.as_ref().is_err_and(|failed| failed.stopped);
        report.compared.push(Compared::new(&path, known, found));
        if report.cancelled {
            break;
        }
    }
}

fn profile_at(path: &Path, asker: &Asker<'_>) -> Result<Profile, NotRead> {
    let disk = Disk::at(path)?;
    let found = below(&disk, Reach::Headers, asker);
    if found.cancelled { Err(NotRead::Stopped) } else { Weights::of(disk, &found).profile(asker) }
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

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::*;
    use crate::{Asked, Depth, Reader, examine};

    /// One tensor, as safetensors.
    fn weights(number: f32) -> Vec<u8> {
        let header = br#"{"norm.weight":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#;
        let data = [number.to_le_bytes(), 1_f32.to_le_bytes()].concat();
        [&(header.len() as u64).to_le_bytes()[..], header, &data].concat()
    }

    fn compared(path: &Path, known: &Path) -> Report {
        let (paths, known) = (&[path.to_owned()], Some(known));
        examine(Asked { paths, known, depth: Depth::Headers, reader: Reader::It }, &mut |_| ControlFlow::Continue(()))
    }

    #[track_caller]
    fn not_compared(path: &Path, known: &Path, about: &Path, because: &str) {
        assert_eq!(said_not_to_be_compared(path, known, about, because), 1, "what was asked has no answer");
    }

    #[track_caller]
    fn said_not_to_be_compared(path: &Path, known: &Path, about: &Path, because: &str) -> u8 {
        let report = compared(path, known);
        let Outcome::NotCompared(text) = &report.compared[0].outcome else { panic!("{report:?}") };
        assert!(text.starts_with(&about.display().to_string()) && text.contains(because), "{text}");
        report.exit_code()
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

    /// A graph with one tensor, in a file beside it.
    fn graph(location: &str) -> Vec<u8> {
        let field = |key: u8, bytes: &[u8]| [&[key, u8::try_from(bytes.len()).unwrap()], bytes].concat();
        let location = [field(0x0a, b"location"), field(0x12, location.as_bytes())].concat();
        let tensor = [&[0x08, 2, 0x10, 1][..], &field(0x42, b"norm.weight"), &field(0x6a, &location), &[0x70, 1]].concat();
        let graph = [field(0x0a, &field(0x22, b"MatMul")), field(0x12, b"tiny"), field(0x2a, &tensor)].concat();
        [&[0x08, 8][..], &field(0x3a, &graph), &field(0x42, &[0x10, 17])].concat()
    }

    #[test]
    fn a_graph_is_compared_with_the_weights_beside_it() {
        let root = tempfile::tempdir().unwrap();
        let (known, folder) = (root.path().join("known.safetensors"), root.path().join("folder"));
        fs_err::create_dir(&folder).unwrap();
        fs_err::write(&known, weights(2.0)).unwrap();
        let model = folder.join("model.onnx");
        fs_err::write(&model, graph("model.data")).unwrap();
        said_not_to_be_compared(&model, &known, &model, "model.data is needed as well and is not there");
        fs_err::write(folder.join("model.data"), [2_f32.to_le_bytes(), 1_f32.to_le_bytes()].concat()).unwrap();
        for (path, known) in [(&model, &known), (&folder, &known), (&known, &model)] {
            let report = compared(path, known);
            let Outcome::Comparison(found) = &report.compared[0].outcome else { panic!("{report:?}") };
            assert_eq!(found.kinship, lineage::Kinship::SameWeights, "{found:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_graph_does_not_lead_out_of_its_folder() {
        let root = tempfile::tempdir().unwrap();
        let (known, folder) = (root.path().join("known.safetensors"), root.path().join("folder"));
        fs_err::create_dir(&folder).unwrap();
        fs_err::write(&known, weights(2.0)).unwrap();
        fs_err::write(root.path().join("data"), [0; 8]).unwrap();
        fs_err::os::unix::fs::symlink("../data", folder.join("data")).unwrap();
        fs_err::os::unix::fs::symlink("..", folder.join("up")).unwrap();
        for location in ["data", "up/data"] {
            let model = folder.join("model.onnx");
            fs_err::write(&model, graph(location)).unwrap();
            assert_eq!(said_not_to_be_compared(&model, &known, &model, "is not there"), 20, "that it leads out is a hazard");
        }
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
    fn a_folder_is_examined_once_and_of_it_only_the_model_is_read_whole() {
        let root = tempfile::tempdir().unwrap();
        let (known, folder) = (root.path().join("known.safetensors"), root.path().join("folder"));
        fs_err::create_dir(&folder).unwrap();
        fs_err::write(&known, weights(2.0)).unwrap();
        fs_err::write(folder.join("model.safetensors"), weights(2.0)).unwrap();
        fs_err::write(folder.join("notes.txt"), "words").unwrap();
        let mut told = std::collections::BTreeMap::new();
        let (paths, known) = (&[folder], Some(known.as_path()));
        let report = examine(Asked { paths, known, depth: Depth::Headers, reader: Reader::It }, &mut |at| {
            let what = if at.size == 0 { "looked at" } else { "read" };
            *told.entry((at.path.display().to_string(), what)).or_insert(0) += u32::from(at.read == 0);
            ControlFlow::Continue(())
        });
        assert_eq!(report.exit_code(), 0, "{report:?}");
        let told: Vec<_> = told.iter().map(|((path, what), count)| format!("{path} {what} {count}")).collect();
        let expected = [
            "known.safetensors looked at 1",
            "known.safetensors read 1",
            "model.safetensors looked at 1",
            "model.safetensors read 1",
            "notes.txt looked at 1",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn it_stops_when_asked() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("model.safetensors");
        fs_err::write(&path, weights(2.0)).unwrap();
        let (mut report, go_on) = (Report::default(), &mut |_: Progress<'_>| ControlFlow::Break(()));
        let model = ModelFiles { files: vec!["model.safetensors".into()], promised: None };
        let at = || (path.clone(), Weights::At(Disk::at(&path).unwrap(), model.clone()));
        super::compare(&mut report, vec![at(), at()], &path, &Asker::new(go_on));
        assert_eq!((report.compared.len(), report.exit_code()), (1, 130));
    }
}
