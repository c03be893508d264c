//! Paths in the arguments of a program. Pure: bytes come in.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

/// Longer ones are no path that the kernel takes.
const LONGEST: usize = 4096;
const MOST_AT_START: usize = 16;
const MOST_AT_LEISURE: usize = 256;

/// When arguments are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// Each program that starts: what is plainly a path, and few of them.
    Start,
    /// One that goes on, and has memory: what stands within an argument, too, such as a line of a program.
    Leisure,
}

/// What may be a path.
pub(super) fn words(arguments: &[u8], at: At) -> Vec<PathBuf> {
    let most = if at == At::Start { MOST_AT_START } else { MOST_AT_LEISURE };
    // The first is the program itself.
    let arguments = arguments.split(|byte| *byte == 0).skip(1);
    let found = arguments.flat_map(|argument| {
        let value = if argument.starts_with(b"-") { behind_sign(argument) } else { Some(argument) };
        let within =
            (at == At::Leisure).then(move || argument.split(|byte| is_between(*byte)).filter(move |part| *part != argument));
        value.into_iter().chain(within.into_iter().flatten())
    });
    let is_path = |word: &&[u8]| !word.is_empty() && word.len() <= LONGEST && !word.starts_with(b"-");
    found.filter(is_path).take(most).map(|word| PathBuf::from(OsStr::from_bytes(word))).collect()
}

/// `--model=here`
fn behind_sign(argument: &[u8]) -> Option<&[u8]> {
    argument.split_at_checked(argument.iter().position(|byte| *byte == b'=')? + 1).map(|(_, value)| value)
}

const fn is_between(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'"' | b'\'' | b'=' | b',' | b';' | b':' | b'(' | b')' | b'[' | b']')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(arguments: &str, at: At) -> Vec<String> {
        let all = words(arguments.replace('|', "\0").as_bytes(), at);
        all.iter().map(|path| path.display().to_string()).collect()
    }

    #[test]
    fn files_stand_behind_options_and_signs() {
        assert_eq!(found("server|--model|/m/a b.gguf|--lora=x.bin|-t|8", At::Start), ["/m/a b.gguf", "x.bin", "8"]);
        assert!(found("server", At::Start).is_empty());
        let code = found("python|-c|import torch; torch.load('/m/w.bin')", At::Leisure);
        assert!(code.contains(&"/m/w.bin".to_owned()), "{code:?}");
        assert!(!found("python|-c|load('/m/w.bin')", At::Start).contains(&"/m/w.bin".to_owned()));
    }

    #[test]
    fn of_many_words_few_are_asked_about() {
        let many = "x|".repeat(10_000);
        assert_eq!((found(&many, At::Start).len(), found(&many, At::Leisure).len()), (MOST_AT_START, MOST_AT_LEISURE));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(words(&bytes, At::Leisure).len() <= MOST_AT_LEISURE);
        }
    }
}
