#![expect(unsafe_code, reason = "foreign functions")]

use std::fs::File;
use std::ptr::{self, NonNull};

use llama_cpp_sys_2 as sys;

use super::{Token, last_errors, text};

/// Longest text of one token, in bytes; the buffer grows when a token says it is longer.
const PIECE: usize = 128;

/// Why llama.cpp did not load a model.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// An allocation failed.
    #[error("not enough memory: {0}")]
    OutOfMemory(String),
    /// Anything else that it said.
    #[error("llama.cpp refused the file: {0}")]
    Refused(String),
    /// The descriptor could not be handed over.
    #[error("the descriptor of the model could not be used: {0}")]
    Descriptor(std::io::Error),
}

impl LoadError {
    /// What the log says about a null pointer.
    pub(super) fn from_log() -> Self {
        let said = last_errors();
        if said.no_memory { Self::OutOfMemory(said.text) } else { Self::Refused(said.text) }
    }
}

/// A model in memory.
#[derive(Debug)]
pub struct Model {
    raw: NonNull<sys::llama_model>,
    /// Belongs to the model.
    vocabulary: NonNull<sys::llama_vocab>,
}

/// The open file as C sees it; closed at the end.
struct Stream(NonNull<libc::FILE>);

impl Stream {
    #[cfg(unix)]
    fn new(file: File) -> Result<Self, LoadError> {
        use std::os::fd::{FromRawFd, IntoRawFd};
        let descriptor = file.into_raw_fd();
        // SAFETY: the descriptor is open and belongs to the stream from here on; the mode is a C string.
        let raw = unsafe { libc::fdopen(descriptor, c"rb".as_ptr()) };
        NonNull::new(raw).map(Self).ok_or_else(|| {
            let error = std::io::Error::last_os_error();
            // SAFETY: there is no stream, so the descriptor is still ours to close.
            drop(unsafe { File::from_raw_fd(descriptor) });
            LoadError::Descriptor(error)
        })
    }

    #[cfg(windows)]
    fn new(file: File) -> Result<Self, LoadError> {
        use std::os::windows::io::{FromRawHandle, IntoRawHandle};
        let handle = file.into_raw_handle();
        // SAFETY: the handle is open and belongs to the descriptor from here on.
        let descriptor = unsafe { libc::open_osfhandle(handle as libc::intptr_t, libc::O_RDONLY | libc::O_BINARY) };
        if descriptor < 0 {
            let error = std::io::Error::last_os_error();
            // SAFETY: there is no descriptor, so the handle is still ours to close.
            drop(unsafe { File::from_raw_handle(handle) });
            return Err(LoadError::Descriptor(error));
        }
        // SAFETY: the descriptor is open and belongs to the stream from here on; the mode is a C string.
        let raw = unsafe { libc::fdopen(descriptor, c"rb".as_ptr()) };
        NonNull::new(raw).map(Self).ok_or_else(|| {
            let error = std::io::Error::last_os_error();
            // SAFETY: there is no stream, so the descriptor is still ours to close.
            unsafe { libc::close(descriptor) };
            LoadError::Descriptor(error)
        })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // SAFETY: opened by `fdopen`, closed once. The mapping of the weights does not need it.
        unsafe { libc::fclose(self.0.as_ptr()) };
    }
}

impl Model {
    /// Loads the model from the beginning of `file`. The weights are mapped, not copied.
    ///
    /// # Errors
    /// [`LoadError`]. A hostile file may also end this process.
    pub fn load(file: File) -> Result<Self, LoadError> {
        drop(last_errors());
        let stream = Stream::new(file)?;
        // SAFETY: plain data; the stream is open during the call. Null is looked at.
        let raw = unsafe {
            let mut parameters = sys::llama_model_default_params();
            parameters.n_gpu_layers = 0;
            // No graphics processor at all: a driver would be started after the lock, which forbids it.
            parameters.split_mode = sys::LLAMA_SPLIT_MODE_NONE;
            parameters.main_gpu = -1;
            parameters.load_mode = sys::LLAMA_LOAD_MODE_MMAP;
            // The library's own check of every tensor starts a thread for each: hundreds of stacks, beyond the memory limit. The
            // bytes are the approved ones, which were looked at before they were approved.
            parameters.check_tensors = false;
            sys::llama_model_load_from_file_ptr(stream.0.as_ptr().cast(), parameters)
        };
        drop(stream);
        let raw = NonNull::new(raw).ok_or_else(LoadError::from_log)?;
        // SAFETY: the model lives; the vocabulary is a part of it.
        let vocabulary = NonNull::new(unsafe { sys::llama_model_get_vocab(raw.as_ptr()) }.cast_mut());
        match vocabulary {
            Some(vocabulary) => Ok(Self { raw, vocabulary }),
            None => {
                // SAFETY: loaded above and used by nobody.
                unsafe { sys::llama_model_free(raw.as_ptr()) };
                Err(LoadError::Refused("it has no vocabulary".to_owned()))
            }
        }
    }

    pub(super) const fn as_ptr(&self) -> *mut sys::llama_model {
        self.raw.as_ptr()
    }

    const fn vocabulary(&self) -> *const sys::llama_vocab {
        self.vocabulary.as_ptr()
    }

    /// The chat template in the file.
    #[must_use]
    pub fn chat_template(&self) -> Option<String> {
        // SAFETY: the model lives, and null asks for its main template.
        unsafe { text(sys::llama_model_chat_template(self.as_ptr(), ptr::null())) }
    }

    /// It reads a whole text before it writes one, which the engine does not do.
    #[must_use]
    pub fn has_encoder(&self) -> bool {
        // SAFETY: the model lives.
        unsafe { sys::llama_model_has_encoder(self.as_ptr()) || !sys::llama_model_has_decoder(self.as_ptr()) }
    }

    /// Longest context it was made for, in tokens; 0 when it does not say.
    #[must_use]
    pub fn trained_context(&self) -> u32 {
        // SAFETY: the model lives.
        u32::try_from(unsafe { sys::llama_model_n_ctx_train(self.as_ptr()) }).unwrap_or(0)
    }

    /// Number of tokens in its vocabulary.
    #[must_use]
    pub fn tokens(&self) -> i32 {
        // SAFETY: the vocabulary lives with the model.
        unsafe { sys::llama_vocab_n_tokens(self.vocabulary()) }
    }

    /// The tokens of `text`. `begin` adds what the model wants in front; `control` reads `<|im_start|>` and the like as the
    /// control tokens they name.
    #[must_use]
    pub fn tokenise(&self, text: &str, begin: bool, control: bool) -> Option<Vec<Token>> {
        let length = i32::try_from(text.len()).ok()?;
        let mut tokens: Vec<Token> = vec![0; text.len().saturating_add(8)];
        for _ in 0..2 {
            let room = i32::try_from(tokens.len()).ok()?;
            // SAFETY: both buffers have the lengths that are handed over.
            let written = unsafe {
                sys::llama_tokenize(self.vocabulary(), text.as_ptr().cast(), length, tokens.as_mut_ptr(), room, begin, control)
            };
            match usize::try_from(written) {
                Ok(written) => {
                    tokens.truncate(written);
                    return Some(tokens);
                }
                // The number that it would need, as a negative one.
                Err(_) => tokens.resize(usize::try_from(written.checked_neg()?).ok()?, 0),
            }
        }
        None
    }

    /// The bytes of a token as text; nothing for control tokens. They may be half a character.
    #[must_use]
    pub fn piece(&self, token: Token) -> Vec<u8> {
        self.piece_with(token, false)
    }

    fn piece_with(&self, token: Token, control: bool) -> Vec<u8> {
        if !(0..self.tokens()).contains(&token) {
            return vec![];
        }
        let mut bytes = vec![0u8; PIECE];
        for _ in 0..2 {
            let room = i32::try_from(bytes.len()).unwrap_or(0);
            // SAFETY: the token is in the vocabulary, and the buffer has the length that is handed over.
            let written =
                unsafe { sys::llama_token_to_piece(self.vocabulary(), token, bytes.as_mut_ptr().cast(), room, 0, control) };
            match usize::try_from(written) {
                Ok(written) => {
                    bytes.truncate(written);
                    return bytes;
                }
                Err(_) => bytes.resize(usize::try_from(written.saturating_neg()).unwrap_or(0), 0),
            }
        }
        vec![]
    }

    /// This token ends an answer.
    #[must_use]
    pub fn is_end(&self, token: Token) -> bool {
        // SAFETY: the vocabulary lives with the model; it looks the token up in a set.
        unsafe { sys::llama_vocab_is_eog(self.vocabulary(), token) }
    }

    /// The text of the token that begins a text, where there is one.
    #[must_use]
    pub fn begin_text(&self) -> String {
        // SAFETY: the vocabulary lives with the model.
        self.control_text(unsafe { sys::llama_vocab_bos(self.vocabulary()) })
    }

    /// The text of the token that ends one.
    #[must_use]
    pub fn end_text(&self) -> String {
        // SAFETY: the vocabulary lives with the model.
        self.control_text(unsafe { sys::llama_vocab_eos(self.vocabulary()) })
    }

    /// [`tokenise`](Self::tokenise) with `begin` puts the beginning in front.
    #[must_use]
    pub fn adds_begin(&self) -> bool {
        // SAFETY: the vocabulary lives with the model.
        unsafe { sys::llama_vocab_get_add_bos(self.vocabulary()) }
    }

    /// The texts of all control tokens that somebody could type, longest first.
    #[must_use]
    pub fn control_texts(&self) -> Vec<String> {
        let mut texts: Vec<String> = (0..self.tokens())
            // SAFETY: the vocabulary lives with the model, and the token is in it.
            .filter(|token| unsafe { sys::llama_vocab_is_control(self.vocabulary(), *token) })
            .map(|token| self.control_text(token))
            .filter(|text| text.chars().count() >= 3)
            .collect();
        texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
        texts.dedup();
        texts
    }

    fn control_text(&self, token: Token) -> String {
        String::from_utf8(self.piece_with(token, true)).unwrap_or_default()
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        // SAFETY: loaded once, freed once; contexts borrow it and are gone.
        unsafe { sys::llama_model_free(self.raw.as_ptr()) };
    }
}
