use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom};

use canteen_modelfile::Limits;
use canteen_types::frames::FaultCause;

use crate::llama::{LoadError, Model};

/// Why a model was not loaded.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) cause: FaultCause,
    pub(crate) detail: String,
}

impl Refused {
    pub(crate) fn new(cause: FaultCause, detail: impl ToString) -> Self {
        Self { cause, detail: detail.to_string() }
    }
}

impl From<LoadError> for Refused {
    fn from(error: LoadError) -> Self {
        let cause = match error {
            LoadError::OutOfMemory(_) => FaultCause::OutOfMemory,
            LoadError::Refused(_) => FaultCause::ModelRefused,
            LoadError::Descriptor(_) => FaultCause::Internal,
        };
        Self::new(cause, error)
    }
}

/// Our own bounded reader looks at the header first: llama.cpp's parser had memory faults of its own, and it asserts on what
/// ours refuses with a sentence.
pub(crate) fn load(mut file: File) -> Result<Model, Refused> {
    let io = |e: std::io::Error| Refused::new(FaultCause::Internal, format!("the model's descriptor: {e}"));
    // A locked process may not ask for the size of a file; it may go to its end.
    let size = file.seek(SeekFrom::End(0)).map_err(io)?;
    file.rewind().map_err(io)?;
    let refused = |e: canteen_modelfile::ModelFileError| Refused::new(FaultCause::ModelRefused, e);
    let facts = canteen_modelfile::read_header(BufReader::new(&file), size, &Limits::default()).map_err(refused)?;
    canteen_modelfile::check_for_engine(&facts).map_err(refused)?;
    file.rewind().map_err(io)?;
    let model = Model::load(file)?;
    if model.has_encoder() {
        return Err(Refused::new(FaultCause::ModelRefused, "it is not made for writing text"));
    }
    Ok(model)
}
