use std::fs::File;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use canteen_sandbox::{Channel, EXIT_PANIC, EXIT_PROCESSOR, LockIn, inherited_model, lock_in, printable};
use canteen_types::EngineSettings;
use canteen_types::frames::{self, FaultCause, FromEngine, PROTOCOL, ToEngine};

use crate::answer::{AnswerError, Conversation, Question};
use crate::llama::{self, Context, Model};
use crate::load::{Refused, load};
use crate::prompt::Style;
use crate::stop::Stop;
use crate::stopwatch::Stopwatch;
use crate::{processor, template};

/// Longest detail of a fault, in characters.
const DETAIL: usize = 500;

/// The whole life of an engine. Returns its exit code.
#[must_use]
pub fn run() -> ExitCode {
    let missing = processor::missing();
    if !missing.is_empty() {
        tell(&format!("This computer's processor lacks {}. Canteen's engine needs them.", missing.join(", ")));
        return ExitCode::from(u8::try_from(EXIT_PROCESSOR).unwrap_or(1));
    }
    // Any thread's panic ends the process: half an engine is of no use. The message holds no text of a conversation.
    std::panic::set_hook(Box::new(|panic| {
        tell(&format!("panic at {}", panic.location().map(ToString::to_string).unwrap_or_default()));
        leave(EXIT_PANIC);
    }));
    llama::init();
    match LockIn::from_arguments(std::env::args())
        .and_then(|request| Ok((lock_in(request)?, Channel::inherited()?, inherited_model()?)))
    {
        Ok((report, channel, model)) => match serve(channel, model, report) {
            Ok(()) => ExitCode::SUCCESS,
            // The parent has closed the channel: that is how it says good-bye.
            Err(_) => ExitCode::SUCCESS,
        },
        Err(error) => {
            tell(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn serve(mut channel: Channel, model: File, report: canteen_types::SandboxReport) -> io::Result<()> {
    let build = format!("canteen-engine {}, llama.cpp {}", env!("CARGO_PKG_VERSION"), llama::version());
    frames::write(&mut channel, &FromEngine::Hello { protocol: PROTOCOL, build, report })?;
    // Lives as long as the process: the library calls back into it from its threads.
    let stop: &'static Stop = Box::leak(Box::default());
    let (sender, requests) = sync_channel(1);
    let incoming = channel.try_clone()?;
    thread::Builder::new().name("frames".into()).spawn(move || listen(incoming, stop, &sender))?;

    let Ok(ToEngine::Load { settings, threads }) = requests.recv() else {
        return refuse(&mut channel, Refused::new(FaultCause::Protocol, "the first request is no load"));
    };
    let since = Stopwatch::start();
    let model = match load(model) {
        Ok(model) => model,
        Err(refused) => return refuse(&mut channel, refused),
    };
    let (style, context) = match prepare(&model, &settings, threads, stop) {
        Ok(prepared) => prepared,
        Err(refused) => return refuse(&mut channel, refused),
    };
    frames::write(&mut channel, &FromEngine::Loaded { context_tokens: context.size(), load_ms: since.millis() })?;
    converse(Conversation::new(&model, style, context), &mut channel, &requests, stop)
}

fn prepare<'m>(
    model: &'m Model,
    settings: &EngineSettings,
    threads: u32,
    stop: &'static Stop,
) -> Result<(Style, Context<'m>), Refused> {
    let style = Style::of(model).map_err(|e| Refused::new(FaultCause::Template, template::sentence(&e)))?;
    let trained = model.trained_context();
    let tokens = if trained == 0 { settings.context_tokens } else { settings.context_tokens.min(trained) };
    Ok((style, Context::new(model, tokens.max(1), threads, stop)?))
}

/// Answers and counts, one request after the other, until the channel ends.
fn converse(
    mut conversation: Conversation<'_>,
    channel: &mut Channel,
    requests: &Receiver<ToEngine>,
    stop: &Stop,
) -> io::Result<()> {
    for request in requests {
        let (id, turns, settings, seed) = match request {
            ToEngine::Answer { id, turns, settings, seed } => (id, turns, settings, seed),
            ToEngine::Count { id, turns } => {
                let last = match conversation.count(&turns) {
                    Ok(tokens) => FromEngine::Counted { id, tokens },
                    Err(error) => failed(id, error)?,
                };
                frames::write(channel, &last)?;
                continue;
            }
            ToEngine::Load { .. } | ToEngine::Stop { .. } => {
                let detail = "loaded twice".to_owned();
                frames::write(channel, &FromEngine::Fault { id: None, cause: FaultCause::Protocol, detail })?;
                continue;
            }
        };
        let question = Question { turns, settings, seed: seed.unwrap_or_else(random_seed) };
        stop.begin(id);
        let answered =
            conversation.answer(&question, stop, &mut |text| frames::write(&mut *channel, &FromEngine::Piece { id, text }));
        stop.end();
        let last = match answered {
            Ok((end, figures)) => FromEngine::Done { id, end, figures },
            Err(error) => failed(id, error)?,
        };
        frames::write(channel, &last)?;
    }
    Ok(())
}

fn failed(id: u64, error: AnswerError) -> io::Result<FromEngine> {
    match error {
        AnswerError::Fault { cause, detail } => Ok(FromEngine::Fault { id: Some(id), cause, detail: printable(&detail, DETAIL) }),
        AnswerError::Channel(error) => Err(error),
    }
}

fn refuse(channel: &mut Channel, refused: Refused) -> io::Result<()> {
    let detail = printable(&refused.detail, DETAIL);
    frames::write(channel, &FromEngine::Fault { id: None, cause: refused.cause, detail })
}

/// Hears *stop* while the other thread computes. The end of the channel is the end of the engine, whatever it is doing: there
/// is nothing to save, and the parent wants its memory back.
fn listen(mut channel: Channel, stop: &Stop, requests: &SyncSender<ToEngine>) {
    loop {
        match frames::read::<ToEngine>(&mut channel) {
            Ok(Some(ToEngine::Stop { id })) => stop.stop(id),
            Ok(Some(request @ (ToEngine::Load { .. } | ToEngine::Answer { .. } | ToEngine::Count { .. }))) => {
                if requests.send(request).is_err() {
                    leave(0);
                }
            }
            Ok(None) => leave(0),
            Err(_) => leave(1),
        }
    }
}

/// A new seed for each answer; the hasher's keys come from the kernel.
fn random_seed() -> u32 {
    let random = std::collections::hash_map::RandomState::new().build_hasher().finish();
    u32::try_from(random & u64::from(u32::MAX)).unwrap_or(0)
}

#[expect(unsafe_code, reason = "ends the process from any thread, without destructors of a library that still computes")]
fn leave(code: i32) -> ! {
    // SAFETY: never returns and runs no code of ours.
    unsafe { libc::_exit(code) }
}

/// One line for the parent, which keeps the end of it.
fn tell(line: &str) {
    // Nobody listens when it fails.
    drop(writeln!(io::stderr(), "{line}"));
}
