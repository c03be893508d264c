//! The misbehaving engine.

#![expect(unsafe_code, reason = "it does what an engine must not do")]

use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use canteen_sandbox::{Channel, Layers, LockIn, inherited_model, lock_in};
use canteen_types::frames::{self, AnswerEnd, AnswerFigures, FaultCause, FromEngine, PROTOCOL, ToEngine};

const FIGURES: AnswerFigures = AnswerFigures { prompt_tokens: 1, answer_tokens: 1, first_token_ms: 1, generation_ms: 1 };

pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let request = LockIn::from_arguments(arguments.iter().cloned()).expect("a child");
    let mut channel = Channel::inherited().expect("the channel");
    let mut task = String::new();
    inherited_model().expect("the model").read_to_string(&mut task).expect("a task");
    let layers = match task.as_str() {
        "no landlock" => Layers { landlock_at_most: 0, ..Layers::ALL },
        "no seccomp" => Layers { seccomp: false, ..Layers::ALL },
        _ => Layers::ALL,
    };
    let report = lock_in(LockIn { layers, ..request }).expect("locked in");
    let hello = |protocol| FromEngine::Hello { protocol, build: "hostile".into(), report: report.clone() };
    match act(&task, &mut channel, &hello) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(3),
    }
}

fn act(task: &str, channel: &mut Channel, hello: &dyn Fn(u32) -> FromEngine) -> io::Result<()> {
    match task {
        "leave at once" => return Ok(()),
        "last words" => {
            writeln!(io::stderr(), "GGML_ASSERT(x) failed\x1b[31m")?;
            std::process::abort();
        }
        "loaded before hello" => return say(channel, &FromEngine::Loaded { context_tokens: 1, load_ms: 1 }),
        "another protocol" => return say(channel, &hello(PROTOCOL + 1)),
        "endless frame" => return channel.write_all(&[0xff; 64]).and_then(|()| wait(channel)),
        "no json" => return channel.write_all(b"\0\0\0\x05hello").and_then(|()| wait(channel)),
        _ => say(channel, &hello(PROTOCOL))?,
    }
    let load = frames::read::<ToEngine>(channel)?;
    assert!(matches!(load, Some(ToEngine::Load { .. })), "the first request loads");
    match task {
        "refuses the model" => {
            let detail = "the header\nlies\x1b[2J".to_owned();
            return say(channel, &FromEngine::Fault { id: None, cause: FaultCause::ModelRefused, detail });
        }
        "crash while loading" => std::process::abort(),
        // std's own handler looks at the first one, for an overflow of the stack.
        "bus error" => return raise(libc::SIGBUS).and_then(|()| raise(libc::SIGBUS)),
        "hello twice" => return say(channel, &hello(PROTOCOL)).and_then(|()| wait(channel)),
        _ => say(channel, &FromEngine::Loaded { context_tokens: 2048, load_ms: 1 })?,
    }
    if task == "talks unasked" {
        loop {
            say(channel, &FromEngine::Piece { id: 1, text: "x".to_owned() })?;
        }
    }
    loop {
        match frames::read::<ToEngine>(channel)? {
            Some(ToEngine::Answer { id, .. }) => answer(task, id, channel)?,
            Some(_) => {}
            // Pretends not to notice the end of its channel.
            None if task == "never leaves" => std::thread::sleep(std::time::Duration::from_secs(3600)),
            None => return Ok(()),
        }
    }
}

fn answer(task: &str, id: u64, channel: &mut Channel) -> io::Result<()> {
    let piece = |id, text: &str| FromEngine::Piece { id, text: text.to_owned() };
    match task {
        "another answer" => say(channel, &piece(id + 1, "x"))?,
        "floods" => loop {
            say(channel, &piece(id, &"x".repeat(60_000)))?;
        },
        "claims too many tokens" => {
            let figures = AnswerFigures { answer_tokens: u32::MAX, ..FIGURES };
            say(channel, &FromEngine::Done { id, end: AnswerEnd::Length, figures })?;
        }
        "done twice" => {
            say(channel, &FromEngine::Done { id, end: AnswerEnd::Finished, figures: FIGURES })?;
            say(channel, &FromEngine::Done { id, end: AnswerEnd::Finished, figures: FIGURES })?;
        }
        "opens a socket" => {
            say(channel, &piece(id, "hi"))?;
            drop(std::net::TcpStream::connect("127.0.0.1:9"));
        }
        "eats memory" => {
            let mut eaten: Vec<Vec<u8>> = vec![];
            loop {
                eaten.push(vec![1; 16 << 20]);
            }
        }
        "fails an answer" => {
            say(channel, &FromEngine::Fault { id: Some(id), cause: FaultCause::PromptTooLong, detail: "too long".into() })?;
        }
        "killed from outside" => {
            say(channel, &piece(id, "half a sen"))?;
            return raise(libc::SIGKILL);
        }
        _ => {
            say(channel, &piece(id, "Good "))?;
            say(channel, &piece(id, "day."))?;
            say(channel, &FromEngine::Done { id, end: AnswerEnd::Finished, figures: FIGURES })?;
        }
    }
    Ok(())
}

fn say(channel: &mut Channel, frame: &FromEngine) -> io::Result<()> {
    frames::write(channel, frame)
}

fn wait(channel: &mut Channel) -> io::Result<()> {
    channel.read(&mut [0; 1024]).map(drop)
}

fn raise(signal: i32) -> io::Result<()> {
    // SAFETY: signals this process only.
    unsafe { libc::kill(libc::getpid(), signal) };
    Ok(())
}
