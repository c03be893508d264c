//! Servers of this user on this computer are asked what they are: each once, while the organisation and the person let it be, and
//! so that the person sees it. What they answer is a claim. It names the product beside the weights that its program holds, and
//! never makes a sighting by itself: who forwards to another computer holds none.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use canteen_audit::Event;
use canteen_policy::{MayAsk, Waiting, may_ask};
use canteen_signatures::{Answer, Runner};
use canteen_types::{SightingId, Signal, Timestamp};
use canteen_watch::{Asked, Listener};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use crate::App;
use crate::evidence::Observed;
use crate::fault::AppError;
use crate::wire::{AskedServer, AskingServers, Topic};

/// Those that were asked, so that none is asked again after a restart.
const ASKED: &str = "watch.asked_servers";
/// So many of them are remembered; the oldest has ended long since.
const MOST_ASKED: usize = 512;
/// Servers that wait to be asked.
const MOST_WAITING: usize = 256;
/// What was asked is shown for so many.
const MOST_HEARD: usize = 64;
/// Models of one server that are shown.
const MOST_MODELS: usize = 8;
const HOUR: Duration = Duration::from_secs(60 * 60);

/// One server that was asked, as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    pid: u32,
    started: u64,
    port: u16,
    at: Timestamp,
}

impl Mark {
    const fn is(&self, listener: &Listener) -> bool {
        let Listener { server, holder } = listener;
        self.pid == holder.pid && self.started == holder.started && self.port == server.port
    }
}

/// What became of a question.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) listener: Listener,
    pub(crate) answer: Option<Answer>,
    known_as: Option<String>,
    questions: Vec<String>,
    at: Timestamp,
}

impl Heard {
    pub(crate) fn wire(&self) -> AskedServer {
        let answer = self.answer.as_ref();
        AskedServer {
            program: self.listener.holder.name.clone(),
            known_as: self.known_as.clone(),
            port: self.listener.server.port,
            questions: self.questions.clone(),
            product: answer.map(|answer| answer.product.clone()),
            models: answer
                .map(|answer| answer.models.iter().take(MOST_MODELS).map(|model| model.name.clone()).collect())
                .unwrap_or_default(),
            forwards_to: answer.and_then(Answer::forwards_to).map(str::to_owned),
            only_forwards: answer.is_some_and(Answer::only_forwards),
            at: self.at,
        }
    }

    /// What it is for weights that its program holds.
    fn observed(&self) -> Option<Observed> {
        let answer = self.answer.as_ref()?;
        let (holder, port, product) = (self.listener.holder.name.clone(), self.listener.server.port, answer.product.clone());
        Some(match answer.forwards_to() {
            Some(to) if answer.only_forwards() => Observed::Forwards { holder, port, product, to: to.to_owned() },
            Some(_) | None => {
                let model = answer.model().map(|model| model.name.clone());
                Observed::Answers { holder, port, product, model }
            }
        })
    }
}

/// Takes servers to whoever asks them. Full means that some are never asked, which is no harm.
#[derive(Debug)]
pub(crate) struct Asking {
    sender: mpsc::Sender<Listener>,
    receiver: Mutex<Option<mpsc::Receiver<Listener>>>,
}

impl Default for Asking {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(MOST_WAITING);
        Self { sender, receiver: Mutex::new(Some(receiver)) }
    }
}

impl Asking {
    pub(crate) fn line_up(&self, listener: Listener) {
        drop(self.sender.try_send(listener));
    }
}

/// Servers that wait for their moment, by the host's clock that never goes back.
#[derive(Debug, Default)]
struct Queue(Vec<(Duration, Listener)>);

impl Queue {
    /// A server that is there already is asked at the earlier of both moments.
    fn add(&mut self, due: Duration, listener: Listener) {
        if let Some((before, _)) = self.0.iter_mut().find(|(_, known)| *known == listener) {
            *before = due.min(*before);
        } else if self.0.len() < MOST_WAITING {
            self.0.push((due, listener));
        }
    }

    fn next_due(&self) -> Option<Duration> {
        self.0.iter().map(|(due, _)| *due).min()
    }

    fn take_due(&mut self, now: Duration) -> Vec<Listener> {
        self.0.extract_if(.., |(due, _)| *due <= now).map(|(_, listener)| listener).collect()
    }
}

impl App {
    /// Asks whoever comes, one after the other, for as long as the host lives.
    pub(crate) async fn ask_servers(&self) {
        let Some(mut coming) = self.asking.receiver.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        let mut queue = Queue::default();
        loop {
            let span = queue.next_due().map(|due| due.saturating_sub(self.clock.monotonic()));
            let due = async {
                match span {
                    Some(span) => tokio::time::sleep(span).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                came = coming.recv() => match came {
                    Some(listener) => self.receive(listener, &mut queue).await,
                    None => return,
                },
                () = due => {
                    for listener in queue.take_due(self.clock.monotonic()) {
                        if let Err(error) = self.ask_server(listener).await {
                            tracing::warn!(%error, "a server was not asked");
                        }
                    }
                }
            }
        }
    }

    async fn receive(&self, listener: Listener, queue: &mut Queue) {
        let asked = listener.clone();
        match self.blocking(move |app| app.may_ask(&asked)).await {
            Ok(MayAsk::After(span)) => queue.add(self.clock.monotonic() + span, listener),
            Ok(MayAsk::AskedBefore | MayAsk::TooMany | MayAsk::ByPolicy | MayAsk::ByPerson) => {}
            Err(error) => tracing::warn!(%error, "whether a server may be asked is not known"),
        }
    }

    async fn ask_server(&self, listener: Listener) -> Result<(), AppError> {
        let wanted = listener.clone();
        if !self.blocking(move |app| app.begin_to_ask(&wanted)).await? {
            return Ok(());
        }
        let asked = canteen_watch::ask(&listener, &self.shelf.runners()).await;
        self.blocking(move |app| app.heard(listener, asked)).await
    }

    fn may_ask(&self, listener: &Listener) -> Result<MayAsk, AppError> {
        let pid = listener.holder.pid;
        if pid == std::process::id() || self.runs.pids().contains(&pid) {
            return Ok(MayAsk::AskedBefore);
        }
        let (marks, now) = (self.marks()?, self.now());
        let (holds_weights, explained) =
            self.watched.with(|memory| (!memory.held_by(pid).is_empty(), memory.heard_of(&listener.holder).is_some()));
        let waiting = Waiting {
            holds_weights,
            expected: self.shelf.runners().expects(listener.server.port, &listener.holder.name),
            asked_before: explained || marks.iter().any(|mark| mark.is(listener)),
            lately: marks.iter().filter(|mark| now.since(mark.at) < HOUR).count(),
        };
        Ok(may_ask(waiting, self.shelf.policy().watch.ask_servers, self.settings()?.ask_servers))
    }

    /// Written down before anything is sent: an accountable act is in the log even if the host ends in the middle of it.
    fn begin_to_ask(&self, listener: &Listener) -> Result<bool, AppError> {
        if !matches!(self.may_ask(listener)?, MayAsk::After(_)) || !canteen_watch::still_waits(listener) {
            return Ok(false);
        }
        let Listener { server, holder } = listener;
        let mut marks = self.marks()?;
        marks.push_back(Mark { pid: holder.pid, started: holder.started, port: server.port, at: self.now() });
        marks.drain(..marks.len().saturating_sub(MOST_ASKED));
        let event = Event::ServerAsked { program: holder.name.clone(), port: server.port };
        self.store.settings().put(ASKED, &marks, Some(event))?;
        Ok(true)
    }

    fn marks(&self) -> Result<VecDeque<Mark>, AppError> {
        Ok(self.store.settings().get(ASKED)?.unwrap_or_default())
    }

    fn heard(&self, listener: Listener, asked: Asked) -> Result<(), AppError> {
        let runners = self.shelf.runners();
        let known_as = runners.runner_of_program(&listener.holder.name).map(Runner::name).map(str::to_owned);
        let Asked { paths, answer } = asked;
        if let Some(answer) = &answer {
            self.store.audit().append(Event::ServerAnswered {
                program: listener.holder.name.clone(),
                port: listener.server.port,
                product: answer.product.clone(),
                forwards_to: answer.forwards_to().map(str::to_owned),
            })?;
        }
        let heard = Heard { listener, answer, known_as, questions: paths, at: self.now() };
        let held = self.watched.with(|memory| {
            memory.asked.push_back(heard.clone());
            while memory.asked.len() > MOST_HEARD {
                memory.asked.pop_front();
            }
            memory.held_by(heard.listener.holder.pid)
        });
        held.into_iter().try_for_each(|id| self.note_answer(id, &heard))?;
        self.events.changed(&[Topic::Sightings, Topic::Log]);
        self.consider()
    }

    /// The answer of a program that holds weights. It counts as a sign of use unless the program has others compute.
    pub(crate) fn note_answer(&self, id: SightingId, heard: &Heard) -> Result<(), AppError> {
        let Some(observed) = heard.observed() else { return Ok(()) };
        if matches!(observed, Observed::Answers { .. }) {
            self.watched.with(|memory| memory.present.entry(id).or_default().signals.insert(Signal::Port));
        }
        Ok(self.store.sightings().note(&observed.row(id, heard.at))?)
    }

    pub(crate) fn asking_state(&self) -> Result<AskingServers, AppError> {
        Ok(match (self.shelf.policy().watch.ask_servers, self.settings()?.ask_servers) {
            (false, _) => AskingServers::OffByPolicy,
            (true, false) => AskingServers::OffByPerson,
            (true, true) => AskingServers::On,
        })
    }
}

#[cfg(test)]
mod tests {
    use canteen_watch::{Holder, Server};

    use super::*;

    fn listener(port: u16) -> Listener {
        let server = Server { address: [127, 0, 0, 1].into(), port, uid: 1000 };
        Listener { server, holder: Holder { pid: 7, started: 1, name: "notes-app".into() } }
    }

    #[test]
    fn a_server_waits_once_and_for_the_earlier_of_two_moments() {
        let mut queue = Queue::default();
        let at = Duration::from_secs;
        queue.add(at(60), listener(1));
        queue.add(at(30), listener(2));
        queue.add(at(5), listener(1));
        queue.add(at(90), listener(1));
        assert_eq!(queue.next_due(), Some(at(5)));
        assert_eq!(queue.take_due(at(5)), [listener(1)]);
        assert_eq!(queue.take_due(at(29)), []);
        assert_eq!(queue.take_due(at(90)), [listener(2)]);
        assert_eq!(queue.next_due(), None);
        for port in 0..1000 {
            queue.add(at(1), listener(port));
        }
        assert_eq!(queue.take_due(at(1)).len(), MOST_WAITING);
    }

    #[test]
    fn who_only_forwards_is_no_sign_of_use_here() {
        let model = |forwards_to: Option<&str>| canteen_signatures::ClaimedModel {
            name: "m".into(),
            context: None,
            forwards_to: forwards_to.map(str::to_owned),
            loaded: true,
        };
        let heard = |models| Heard {
            listener: listener(1),
            answer: Some(Answer { runner: "ollama".into(), product: "Ollama".into(), models }),
            known_as: None,
            questions: vec!["/".into()],
            at: Timestamp::from_millis(0),
        };
        let (here, away) = (model(None), model(Some("models.example")));
        assert!(matches!(heard(vec![away.clone()]).observed(), Some(Observed::Forwards { .. })));
        assert!(heard(vec![away.clone()]).wire().only_forwards);
        let both = heard(vec![away, here]);
        assert!(matches!(both.observed(), Some(Observed::Answers { model: Some(_), .. })));
        assert_eq!((both.wire().only_forwards, both.wire().forwards_to.as_deref()), (false, Some("models.example")));
        assert!(matches!(heard(vec![]).observed(), Some(Observed::Answers { model: None, .. })));
        assert!(Heard { answer: None, ..heard(vec![]) }.observed().is_none());
    }
}
