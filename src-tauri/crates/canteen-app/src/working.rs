//! What holders do with what they hold, and weights that only a program of another user names.

use canteen_audit::Event;
use canteen_store::{FileIdentity, SightingRow};
use canteen_types::{Grade, SightingId, Signal, Task, Timestamp};
use canteen_watch::{Busy, Holder, Listener, NamedWeights, Server};

use crate::App;
use crate::computer::convert;
use crate::evidence::Observed;
use crate::fault::AppError;
use crate::verdicts::Looked;
use crate::wire::Topic;

/// Programs whose server is remembered.
const MOST_SERVERS: usize = 1024;

impl App {
    /// Weights that are no file which this account may look into: their digest is what the arguments of a program claim.
    pub(crate) fn named(&self, named: &NamedWeights) -> Result<(), AppError> {
        let identity = convert(named.identity);
        let known = self.store.sightings().by_file(&identity)?;
        let id = match &known {
            Some(row) => row.id,
            None => SightingId::new(named.at, canteen_os::entropy()?),
        };
        self.watched.with(|memory| {
            memory.present.entry(id).or_default();
        });
        let store = named.path.ancestors().skip(1).find(|folder| !folder.ends_with("blobs")).and_then(std::path::Path::file_name);
        let judged = self.judge(named.digest, Looked::default(), || None);
        let row = SightingRow {
            id,
            digest: Some(named.digest),
            identity,
            path: named.path.clone(),
            shown_path: self.relative(&named.path),
            name: named.path.file_name().map_or_else(|| named.digest.short(), |name| name.to_string_lossy().into_owned()),
            about: String::new(),
            found_in: store.map_or_else(|| "/".to_owned(), |name| name.to_string_lossy().into_owned()),
            grade: known.as_ref().map_or(Grade::Present, |row| row.grade),
            verdict: Some(judged.verdict),
            entry: judged.entry,
            inventory: false,
            holder: known.as_ref().and_then(|row| row.holder.clone()),
            first_seen: known.as_ref().map_or(named.at, |row| row.first_seen),
            last_seen: named.at,
            resolved: known.as_ref().and_then(|row| row.resolved.clone()).filter(|why| crate::dispute::is_dispute(why)),
            hazards: Vec::new(),
            tasks: vec![Task::Chat],
        };
        let (name, found_in) = (row.name.clone(), row.found_in.clone());
        let event = known.is_none().then_some(Event::SightingOpened { sighting: id, name, found_in });
        self.store.sightings().put(&row, event)?;
        self.events.changed(&[Topic::Sightings]);
        Ok(())
    }

    pub(crate) fn works(&self, identity: &FileIdentity, (pid, busy): (u32, Busy), at: Timestamp) -> Result<(), AppError> {
        let Some(mut row) = self.store.sightings().by_identity(identity)? else { return Ok(()) };
        self.watched.with(|memory| {
            let present = memory.present.entry(row.id).or_default();
            present.signals.insert(Signal::Computing);
            present.busy.insert(pid)
        });
        let holder = row.holder.clone().unwrap_or_else(|| pid.to_string());
        self.store.sightings().note(&Observed::works(holder, busy).row(row.id, at))?;
        (row.grade, row.last_seen) = (Grade::Inferring, at);
        self.store.sightings().put(&row, None)?;
        self.events.changed(&[Topic::Sightings]);
        self.consider()
    }

    pub(crate) fn rests(&self, identity: &FileIdentity, pid: u32) -> Result<(), AppError> {
        let Some(mut row) = self.store.sightings().by_identity(identity)? else { return Ok(()) };
        let all_rest = self.watched.with(|memory| {
            let present = memory.present.entry(row.id).or_default();
            present.busy.remove(&pid);
            if present.busy.is_empty() {
                present.signals.remove(&Signal::Computing);
            }
            present.busy.is_empty()
        });
        if all_rest {
            row.grade = row.grade.min(Grade::Loaded);
            self.store.sightings().put(&row, None)?;
            self.events.changed(&[Topic::Sightings]);
        }
        Ok(())
    }

    /// A server: evidence where its program holds weights, or comes to hold them. It may be asked what it is, later.
    pub(crate) fn waits(&self, server: Server, holder: Option<Holder>, at: Timestamp) -> Result<(), AppError> {
        let Some(holder) = holder else { return Ok(()) };
        let held = self.watched.with(|memory| {
            if memory.servers.len() >= MOST_SERVERS {
                memory.servers.clear();
            }
            memory.servers.insert(holder.pid, server);
            memory.held_by(holder.pid)
        });
        held.into_iter().try_for_each(|id| self.note_server(id, &holder, at))?;
        self.asking.line_up(Listener { server, holder });
        Ok(())
    }

    /// A program holds weights, and waits for others perhaps.
    pub(crate) fn note_server(&self, id: SightingId, holder: &Holder, at: Timestamp) -> Result<(), AppError> {
        let Some(server) = self.watched.with(|memory| memory.servers.get(&holder.pid).copied()) else { return Ok(()) };
        self.store.sightings().note(&Observed::Waits { holder: holder.name.clone(), port: server.port }.row(id, at))?;
        match self.watched.with(|memory| memory.heard_of(holder)) {
            Some(heard) => self.note_answer(id, &heard),
            None => {
                self.asking.line_up(Listener { server, holder: holder.clone() });
                Ok(())
            }
        }
    }
}
