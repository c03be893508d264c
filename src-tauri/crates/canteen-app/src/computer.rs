//! What runs on this computer outside Canteen: observations of the watch become sightings with evidence and a verdict.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use canteen_audit::Event;
use canteen_modelfile::lineage::Fingerprint;
use canteen_modelfile::{Kind, ModelKind};
use canteen_os::Program;
use canteen_store::{FileIdentity, SightingRow};
use canteen_types::{Digest, Grade, SightingId, Signal, Task, Timestamp, Verdict};
use canteen_watch::{Arrival, BlindSpot, HeldBy, Holder, Observation, SeenFile, Server};

use crate::App;
use crate::asking::Heard;
use crate::dispute::is_dispute;
use crate::evidence::{Observed, about};
use crate::fault::AppError;
use crate::gap::Gap;
use crate::instead::Instead;
use crate::models::Known;
use crate::text;
use crate::wire::{self, Computer, Evidence, Fault, HomeLook, Looking, Sighting, Topic};

/// Fingerprints that are remembered; each has some 10 kB.
const MOST_FINGERPRINTS: usize = 256;

/// What is known only while this host lives.
#[derive(Debug, Default)]
pub(crate) struct Present {
    /// By process.
    pub(crate) holders: BTreeMap<u32, Holder>,
    /// Of all that held it, who was asked to end.
    asked_to_end: BTreeSet<Program>,
    /// Of those, who work with it.
    pub(crate) busy: BTreeSet<u32>,
    pub(crate) signals: BTreeSet<Signal>,
    /// The digest that it had under its earlier name, while it is taken again.
    before: Option<Digest>,
    /// By which it is read, where that is not its path.
    way: Option<PathBuf>,
}

/// What this session knows about a sighting.
pub(crate) struct Seen {
    /// It was seen, or everything was looked through.
    pub(crate) sure: bool,
    /// Kinds of evidence that agree now.
    pub(crate) signals: BTreeSet<Signal>,
    /// The digest that it had under its earlier name, while it is taken again.
    pub(crate) before: Option<Digest>,
}

/// The watch's memory of this session.
#[derive(Debug, Default)]
pub(crate) struct Watched(Mutex<Memory>);

#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) present: HashMap<SightingId, Present>,
    /// Where programs of this user wait, by process.
    pub(crate) servers: BTreeMap<u32, Server>,
    /// What servers were asked, the newest last.
    pub(crate) asked: VecDeque<Heard>,
    last_look: Option<Timestamp>,
    files_seen: u64,
    places: Vec<String>,
    blind: BTreeSet<BlindSpot>,
    /// Before this host began.
    gap: Option<Gap>,
    has_beaten: bool,
    looking: Option<Looking>,
    pub(crate) home: Option<HomeLook>,
    /// Of what is not approved, by digest; none where the file has none.
    fingerprints: HashMap<Digest, Option<Arc<Fingerprint>>>,
}

impl Memory {
    /// What this process holds.
    pub(crate) fn held_by(&self, pid: u32) -> Vec<SightingId> {
        self.present.iter().filter(|(_, present)| present.holders.contains_key(&pid)).map(|(id, _)| *id).collect()
    }

    /// What the server of this program answered.
    pub(crate) fn heard_of(&self, holder: &Holder) -> Option<Heard> {
        let process = |one: &Holder| (one.pid, one.started);
        let is_its = |heard: &&Heard| heard.answer.is_some() && process(&heard.listener.holder) == process(holder);
        self.asked.iter().rev().find(is_its).cloned()
    }
}

impl Watched {
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut Memory) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn places(&self, names: Vec<String>) {
        self.with(|memory| {
            for name in names {
                if !memory.places.contains(&name) {
                    memory.places.push(name);
                }
            }
        });
    }

    /// `true` once.
    pub(crate) fn is_first_beat(&self) -> bool {
        self.with(|memory| !std::mem::replace(&mut memory.has_beaten, true))
    }

    pub(crate) fn missed(&self, gap: Option<Gap>) {
        self.with(|memory| memory.gap = gap);
    }

    /// What [`Self::remember`] was told; `None` where it was told nothing.
    pub(crate) fn fingerprint(&self, digest: Digest) -> Option<Option<Arc<Fingerprint>>> {
        self.with(|memory| memory.fingerprints.get(&digest).cloned())
    }

    pub(crate) fn remember(&self, digest: Digest, fingerprint: Option<Arc<Fingerprint>>) {
        self.with(|memory| {
            if memory.fingerprints.len() >= MOST_FINGERPRINTS {
                memory.fingerprints.clear();
            }
            memory.fingerprints.insert(digest, fingerprint);
        });
    }

    /// By which a file is read that cannot be read by its path.
    pub(crate) fn way(&self, id: SightingId) -> Option<PathBuf> {
        self.with(|memory| memory.present.get(&id).and_then(|present| present.way.clone()))
    }

    /// Programs that hold it and were not asked to end so far. From now on they were.
    pub(crate) fn not_yet_asked(&self, id: SightingId) -> Vec<Holder> {
        self.with(|memory| {
            let Some(present) = memory.present.get_mut(&id) else { return Vec::new() };
            let holders = present.holders.values();
            holders.filter(|holder| present.asked_to_end.insert(program(holder))).cloned().collect()
        })
    }

    /// What this session knows about a sighting.
    pub(crate) fn seen(&self, id: SightingId) -> Seen {
        self.with(|memory| {
            let present = memory.present.get(&id);
            Seen {
                sure: present.is_some() || memory.last_look.is_some(),
                signals: present.map(|present| present.signals.clone()).unwrap_or_default(),
                before: present.and_then(|present| present.before),
            }
        })
    }
}

impl App {
    /// Takes in one observation. Called in order, off the runtime's threads.
    pub(crate) fn observe(&self, observation: Observation) -> Result<(), AppError> {
        match observation {
            Observation::Seen(file) => self.saw(&file),
            Observation::Again { identity, path, at } => self.saw_again(&convert(identity), &path, at),
            Observation::NoWeights { files } => self.no_weights(files),
            Observation::Home(step) => self.home_step(step),
            Observation::Digest { identity, digest } => self.hashed(&convert(identity), digest),
            Observation::Held { identity, holder, by, at } => self.held(&convert(identity), &holder, by, at),
            Observation::Released { identity, pid } => self.released(&convert(identity), pid),
            Observation::Gone { identity } => self.gone(&convert(identity)),
            Observation::SweepDone { files, at } => {
                self.watched.with(|memory| {
                    memory.last_look = Some(at);
                    memory.files_seen = files;
                    memory.looking = None;
                });
                let cleared = self.clear_away();
                self.swept.send_modify(|looks| *looks += 1);
                self.events.changed(&[Topic::Sightings]);
                cleared
            }
            Observation::Looking { place, done, of } => {
                let place = Some(place).filter(|place| !place.is_empty());
                self.watched.with(|memory| memory.looking = Some(Looking { place, done, of }));
                self.events.changed(&[Topic::Sightings]);
                Ok(())
            }
            Observation::Named(named) => self.named(&named),
            Observation::Works { identity, pid, busy, at } => self.works(&convert(identity), (pid, busy), at),
            Observation::Rests { identity, pid } => self.rests(&convert(identity), pid),
            Observation::Waits { server, holder, at } => self.waits(server, holder, at),
            Observation::Blind(what) => {
                self.watched.with(|memory| memory.blind.insert(what));
                self.events.changed(&[Topic::Sightings]);
                Ok(())
            }
        }
    }

    /// Digests that were taken before are not taken again: the identity covers every change of the bytes.
    pub(crate) fn needs_digest(&self, identity: canteen_watch::FileIdentity) -> bool {
        !self.store.sightings().by_identity(&convert(identity)).is_ok_and(|row| row.is_some_and(|row| row.digest.is_some()))
    }

    fn saw(&self, file: &SeenFile) -> Result<(), AppError> {
        let identity = convert(file.identity);
        let sightings = self.store.sightings();
        let mut known = sightings.by_identity(&identity)?;
        if known.is_none() {
            known = sightings.by_file(&identity)?;
        }
        if known.is_none() {
            known = sightings.arriving(&identity)?;
        }
        let id = match &known {
            Some(row) => row.id,
            None => SightingId::new(file.at, canteen_os::entropy()?),
        };
        // Under another name it is taken for the same file, and its bytes are not.
        let (digest, before) = match known.as_ref().map(|row| (row.identity == identity, row.digest)) {
            Some((true, digest)) => (digest, None),
            Some((false, digest)) => (None, digest),
            None => (None, None),
        };
        let held = self.watched.with(|memory| {
            let present = memory.present.entry(id).or_default();
            present.signals.insert(Signal::Content);
            present.before = before.or(present.before);
            present.way = Some(&file.way).filter(|way| **way != file.path).cloned();
            !present.holders.is_empty()
        });
        let runners = self.shelf.runners();
        let class = runners.class_of(&file.path, &self.home, file.about.architecture.as_deref());
        let inventory = inventory_only(file) || class.is_some();
        let unused = if file.arrival == Arrival::Underway { Grade::Arriving } else { Grade::Present };
        let mut row = SightingRow {
            id,
            digest,
            identity,
            path: file.path.clone(),
            shown_path: self.relative(&file.path),
            name: name(file),
            about: about(&file.about),
            found_in: file.place.clone(),
            grade: known.as_ref().filter(|_| held).map_or(unused, |row| row.grade),
            verdict: None,
            entry: None,
            inventory,
            holder: known.as_ref().filter(|_| held).and_then(|row| row.holder.clone()),
            first_seen: known.as_ref().map_or(file.at, |row| row.first_seen),
            last_seen: file.at,
            // What the person disputed stays so: the same bytes lie there as before.
            resolved: known.as_ref().and_then(|row| row.resolved.clone()).filter(|why| is_dispute(why)),
            hazards: file.hazards.iter().map(|code| code.code.to_owned()).collect(),
            tasks: tasks(file),
        };
        self.judge_row(&mut row);
        let event = known.is_none().then(|| Event::SightingOpened {
            sighting: id,
            name: row.name.clone(),
            found_in: row.found_in.clone(),
        });
        self.store.sightings().put(&row, event)?;
        let hazards = file.hazards.iter().map(|code| Observed::Hazard { code });
        let listed = class.map(|class| Observed::Listed { class: class.name().to_owned() });
        for observed in hazards.chain([Observed::seen(file)]).chain(listed) {
            self.store.sightings().note(&observed.row(id, file.at))?;
        }
        self.events.changed(&[Topic::Sightings]);
        if held || before.is_some() { self.consider() } else { Ok(()) }
    }

    fn hashed(&self, identity: &FileIdentity, digest: Digest) -> Result<(), AppError> {
        let Some(mut row) = self.store.sightings().by_identity(identity)? else { return Ok(()) };
        let before = self.watched.with(|memory| memory.present.get_mut(&row.id).and_then(|present| present.before.take()));
        if before.is_some_and(|before| before != digest) {
            row.resolved = row.resolved.filter(|why| !is_dispute(why));
        }
        row.digest = Some(digest);
        let kin = self.judge_row(&mut row);
        self.store.sightings().put(&row, None)?;
        let observed = match row.entry.clone().filter(|_| kin.is_none()) {
            Some(entry) => Observed::ApprovedDigest { digest, entry },
            None => Observed::UnknownDigest { digest },
        };
        self.store.sightings().note(&observed.row(row.id, self.now()))?;
        self.note_kin(&row, kin)?;
        self.events.changed(&[Topic::Sightings]);
        self.consider()
    }

    fn held(&self, identity: &FileIdentity, holder: &Holder, by: HeldBy, at: Timestamp) -> Result<(), AppError> {
        let Some(mut row) = self.store.sightings().by_identity(identity)? else { return Ok(()) };
        let new = self.watched.with(|memory| {
            let present = memory.present.entry(row.id).or_default();
            present.signals.insert(if by == HeldBy::Arguments { Signal::Arguments } else { Signal::Holder });
            present.holders.insert(holder.pid, holder.clone()).is_none_or(|before| before.started != holder.started)
        });
        row.grade = row.grade.max(Grade::Loaded);
        row.holder = Some(holder.name.clone());
        row.last_seen = at;
        if new {
            self.store.sightings().note(&Observed::held(holder, by).row(row.id, at))?;
            self.note_server(row.id, holder, at)?;
            if row.resolved.as_deref().is_some_and(is_dispute) {
                return self.reopen(row);
            }
        }
        self.store.sightings().put(&row, None)?;
        self.events.changed(&[Topic::Sightings]);
        self.consider()
    }

    fn released(&self, identity: &FileIdentity, pid: u32) -> Result<(), AppError> {
        let Some(mut row) = self.store.sightings().by_identity(identity)? else { return Ok(()) };
        let left = self.watched.with(|memory| {
            let present = memory.present.entry(row.id).or_default();
            present.holders.remove(&pid);
            present.busy.remove(&pid);
            if present.busy.is_empty() {
                present.signals.remove(&Signal::Computing);
            }
            if present.holders.is_empty() {
                present.signals.remove(&Signal::Holder);
                present.signals.remove(&Signal::Arguments);
                present.signals.remove(&Signal::Port);
            }
            present.holders.values().next_back().map(|holder| holder.name.clone())
        });
        if left.is_none() {
            row.grade = Grade::Present;
            row.last_seen = self.now();
        }
        if row.holder != left || left.is_none() {
            row.holder = left;
            self.store.sightings().put(&row, None)?;
            self.events.changed(&[Topic::Sightings]);
        }
        Ok(())
    }

    fn gone(&self, identity: &FileIdentity) -> Result<(), AppError> {
        match self.store.sightings().by_identity(identity)? {
            Some(row) => {
                self.resolve_gone(row)?;
                self.consider()
            }
            None => Ok(()),
        }
    }

    fn resolve_gone(&self, mut row: SightingRow) -> Result<(), AppError> {
        row.resolved = Some("gone".to_owned());
        (row.grade, row.holder) = (Grade::Present, None);
        self.store.sightings().put(&row, Some(Event::SightingResolved { sighting: row.id, why: "gone".to_owned() }))?;
        self.watched.with(|memory| drop(memory.present.remove(&row.id)));
        self.events.changed(&[Topic::Sightings]);
        Ok(())
    }

    /// Everything was looked through: what an earlier session saw and this one did not is gone, or lies there unused.
    fn clear_away(&self) -> Result<(), AppError> {
        let known = self.store.sightings().open()?.into_iter().chain(self.store.sightings().disputed()?);
        for mut row in known {
            if self.watched.with(|memory| memory.present.contains_key(&row.id)) {
                continue;
            }
            let there = canteen_watch::FileIdentity::at(&row.path).map(convert);
            if there.ok() != Some(row.identity) {
                self.resolve_gone(row)?;
            } else if row.grade > Grade::Present {
                (row.grade, row.holder) = (Grade::Present, None);
                self.store.sightings().put(&row, None)?;
            }
        }
        self.consider()
    }

    /// The catalogue has changed: compare every open sighting again.
    pub(crate) fn judge_again(&self) -> Result<(), AppError> {
        for mut row in self.store.sightings().open()? {
            let before = (row.verdict, row.entry.clone());
            let kin = self.judge_row(&mut row);
            if before == (row.verdict, row.entry.clone()) {
                continue;
            }
            self.store.sightings().put(&row, None)?;
            self.note_kin(&row, kin)?;
        }
        self.events.changed(&[Topic::Sightings]);
        self.consider()
    }

    /// Screen *This computer*.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list_sightings(&self) -> Result<Computer, Fault> {
        let result = self.blocking(Self::computer).await;
        self.told(result)
    }

    /// Looks everywhere again and waits until that is through, at most a minute.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn scan_now(&self) -> Result<Computer, Fault> {
        let (mut places, mut home) = (self.swept.subscribe(), self.home_looks.subscribe());
        places.mark_unchanged();
        home.mark_unchanged();
        self.rescan();
        let both = async { places.changed().await.is_ok() && home.changed().await.is_ok() };
        drop(tokio::time::timeout(std::time::Duration::from_secs(60), both).await);
        self.list_sightings().await
    }

    pub(crate) fn computer(&self) -> Result<Computer, AppError> {
        let (rows, known) = (self.store.sightings().open()?, self.known()?);
        let policy = self.shelf.policy();
        let mut decided: HashMap<SightingId, wire::Decided> = self
            .plan(&rows)?
            .decisions
            .iter()
            .map(|decision| (decision.sighting, crate::explain::decided(decision, &policy)))
            .collect();
        let mut lines = |rows: Vec<SightingRow>| -> Result<Vec<Sighting>, AppError> {
            let line = |row: SightingRow| Ok(Sighting { decided: decided.remove(&row.id), ..self.sighting(row, &known)? });
            rows.into_iter().map(line).collect()
        };
        let (mut sightings, disputed) = (lines(rows)?, lines(self.store.sightings().disputed()?)?);
        sightings.sort_by_key(|sighting| {
            let calm = matches!(sighting.verdict, Some(Verdict::Approved | Verdict::InventoryOnly));
            (std::cmp::Reverse(sighting.grade), calm, std::cmp::Reverse(sighting.last_seen))
        });
        let (paused_until, now) = (self.paused_until()?, self.now());
        let (asking, runners) = (self.asking_state()?, self.known_runners());
        Ok(self.watched.with(|memory| Computer {
            sightings,
            last_look: memory.last_look,
            files_seen: memory.files_seen,
            watched: memory.places.clone(),
            blind_spots: memory
                .blind
                .iter()
                .map(|spot| wire::BlindSpot { code: spot.code().to_owned(), text: spot.words().to_owned(), span: None })
                .chain(memory.gap.map(|gap| gap.spot(now)))
                .collect(),
            looking: memory.looking.clone(),
            home: memory.home.clone(),
            asked: memory.asked.iter().rev().map(Heard::wire).collect(),
            asking,
            runners,
            disputed,
            paused_until,
        }))
    }

    fn sighting(&self, row: SightingRow, known: &Known) -> Result<Sighting, AppError> {
        let request = match row.digest {
            Some(digest) => self.store.requests().open_for(digest)?.map(|request| request.id),
            None => None,
        };
        let Instead { alternative, others, nothing_suits } = self.instead(&row, known);
        let evidence = self.store.sightings().evidence(row.id)?;
        Ok(Sighting {
            id: row.id,
            name: row.name,
            about: row.about,
            size: row.identity.size,
            digest: row.digest,
            found_in: row.found_in,
            path: row.shown_path,
            grade: row.grade,
            verdict: row.verdict,
            entry: row.entry,
            holder: row.holder,
            first_seen: row.first_seen,
            last_seen: row.last_seen,
            evidence: evidence
                .into_iter()
                .map(|row| Evidence {
                    source: row.source,
                    signal: row.signal,
                    code: row.code,
                    fields: row.fields,
                    text: row.text,
                    at: row.at,
                })
                .collect(),
            request,
            alternative,
            others,
            nothing_suits,
            disputed: row.resolved.filter(|why| is_dispute(why)),
            decided: None,
        })
    }
}

pub(crate) const fn program(holder: &Holder) -> Program {
    Program { pid: holder.pid, started: holder.started }
}

pub(crate) const fn convert(identity: canteen_watch::FileIdentity) -> FileIdentity {
    FileIdentity {
        device: identity.device,
        inode: identity.inode,
        size: identity.size,
        modified_ns: identity.modified_ns,
        changed_ns: identity.changed_ns,
    }
}

/// Programs carry so much for seeing, hearing and sorting, and nobody chose it; what generates is larger.
const CARRIED: u64 = 500_000_000;

/// Listed and never nudged about: embedders, adapters, projectors, speech, and what programs carry with them.
fn inventory_only(file: &SeenFile) -> bool {
    match file.about.purpose {
        ModelKind::Embedder | ModelKind::Adapter | ModelKind::Projector | ModelKind::Speech => true,
        ModelKind::Text | ModelKind::Image => false,
        ModelKind::Other => {
            let carried = matches!(file.about.kind, Kind::Onnx | Kind::Tflite | Kind::CoreMl | Kind::OpenVino);
            carried && file.about.parameters.is_none_or(|count| count < CARRIED)
        }
    }
}

/// What the person probably uses it for.
fn tasks(file: &SeenFile) -> Vec<Task> {
    match file.about.purpose {
        ModelKind::Embedder => vec![Task::Embeddings],
        ModelKind::Text | ModelKind::Other => {
            let names = [file.about.name.as_deref(), file.path.file_name().and_then(|name| name.to_str())];
            canteen_policy::likely_work(names.into_iter().flatten())
        }
        ModelKind::Image | ModelKind::Adapter | ModelKind::Projector | ModelKind::Speech => Vec::new(),
    }
}

fn name(file: &SeenFile) -> String {
    let from_metadata = file.about.name.clone();
    let of_file = || file.path.file_name().map_or_else(|| "a model".to_owned(), |name| text::shown(&name.to_string_lossy()));
    from_metadata.unwrap_or_else(of_file)
}
