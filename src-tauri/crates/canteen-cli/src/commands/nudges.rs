mod words;

use canteen_app::call::{ById, Call};
use canteen_app::client::Client;
use canteen_app::wire::{
    AnswerNudge, AskAbout, AskForApproval, AskedServer, AskingServers, Computer, DisputeSighting, HomeLook, HomeLookState, Nudge,
    NudgeOutcome, NudgeWhy, Outcomes, Request, Sighting,
};
use canteen_types::{ByteSize, Dispute, Grade, NudgeAnswer, NudgeId, SightingId, Verdict};

use crate::args::NudgeAction;
use crate::failure::Failure;
use crate::out::{Out, moment, table};

pub(crate) async fn scan(client: &mut Client, out: &Out) -> Result<(), Failure> {
    let computer: Computer = client.call(Call::ScanNow).await?;
    out.show(&computer, |computer| {
        let mut text = if computer.sightings.is_empty() {
            "No models were seen outside Canteen.".to_owned()
        } else {
            let rows = computer.sightings.iter().map(|sighting| {
                vec![
                    sighting.name.clone(),
                    ByteSize::new(sighting.size).as_file(),
                    sighting.found_in.clone(),
                    status(sighting),
                    now(sighting),
                    sighting.decided.as_ref().map_or_else(|| "–".into(), words::decided),
                ]
            });
            table(&["MODEL", "SIZE", "FOUND IN", "STATUS", "NOW", "NUDGE"], rows)
        };
        let files = computer.files_seen.saturating_add(computer.home.as_ref().map_or(0, |home| home.files));
        let files = if files == 1 { "1 file".to_owned() } else { format!("{files} files") };
        text.push_str(&format!("\n\n{files} looked at · watched: {}", computer.watched.join(", ")));
        if let Some(home) = computer.home.as_ref().and_then(home_line) {
            text.push_str(&format!("\n{home}"));
        }
        for asked in &computer.asked {
            text.push_str(&format!("\nAsked what it is: {}", asked_line(asked)));
        }
        match computer.asking {
            AskingServers::On => {}
            AskingServers::OffByPolicy => {
                text.push_str("\nServers on this computer are not asked: your organisation does not want it.")
            }
            AskingServers::OffByPerson => text.push_str("\nServers on this computer are not asked: you switched it off."),
        }
        for blind in &computer.blind_spots {
            text.push_str(&format!("\nCannot see: {}", blind.text));
        }
        text
    })
}

/// Of a look that is not through yet.
fn home_line(home: &HomeLook) -> Option<String> {
    let goes_on = match home.state {
        HomeLookState::Underway => "Canteen goes on by itself.",
        HomeLookState::Resting => "Canteen goes on when the computer no longer runs on its battery.",
        HomeLookState::Through | HomeLookState::Impossible => return None,
    };
    Some(format!("About {} % of your home folder is looked through. {goes_on}", home.percent))
}

/// Whom, and what it said.
fn asked_line(asked: &AskedServer) -> String {
    let who = match &asked.known_as {
        Some(known_as) if *known_as != asked.program => format!("{} ({known_as} by its name)", asked.program),
        _ => asked.program.clone(),
    };
    let said = match (&asked.product, &asked.forwards_to) {
        (None, _) => "no answer that is known".to_owned(),
        (Some(product), None) => product.clone(),
        (Some(product), Some(to)) => format!("{product}; forwards to another computer, {to}"),
    };
    let models = if asked.models.is_empty() { String::new() } else { format!(" · {}", asked.models.join(", ")) };
    format!("{who}, port {}: {said}{models}", asked.port)
}

fn status(sighting: &Sighting) -> String {
    if sighting.request.is_some() {
        return "approval asked".into();
    }
    match sighting.verdict {
        None => "being checked",
        Some(Verdict::Approved) => "approved",
        Some(Verdict::ApprovedForOthers) => "approved for others",
        Some(Verdict::Altered) => "altered copy",
        Some(Verdict::Derivative) => "derived from an approved model",
        Some(Verdict::Unapproved) => "not approved",
        Some(Verdict::Dangerous) => "dangerous file",
        Some(Verdict::InventoryOnly) => "listed only",
    }
    .into()
}

fn now(sighting: &Sighting) -> String {
    match (&sighting.holder, sighting.grade) {
        (Some(holder), Grade::Loaded | Grade::Inferring) => format!("in use by {holder}"),
        (None, Grade::Loaded | Grade::Inferring) => "in use".into(),
        (_, Grade::Arriving) => "arriving".into(),
        (_, Grade::Present) => "–".into(),
    }
}

pub(crate) async fn nudges(client: &mut Client, action: Option<NudgeAction>, out: &Out) -> Result<(), Failure> {
    let all: Vec<Nudge> = client.call(Call::ListNudges).await?;
    let Some(action) = action else {
        return out.show(&all, |all| {
            if all.is_empty() {
                return "Nothing to point out.".into();
            }
            all.iter().map(words::nudge).collect::<Vec<_>>().join("\n\n")
        });
    };
    let (wanted, answer) = match action {
        NudgeAction::Use { nudge } => (nudge, NudgeAnswer::Use),
        NudgeAction::Snooze { nudge } => (nudge, NudgeAnswer::Snooze),
        NudgeAction::Silence { nudge, time } => (nudge, time.into()),
        NudgeAction::Dismiss { nudge } => (nudge, NudgeAnswer::Dismiss),
        NudgeAction::Ask { nudge, reason, days } => {
            let about = AskAbout::Sighting { id: pick(&all, nudge, &WAITING)?.sighting };
            return ask(client, AskForApproval { about, reason, days }, out).await;
        }
        NudgeAction::Reopen { nudge } => {
            let nudge = pick(&all, nudge, &RESTS)?;
            client.call::<()>(Call::ReopenNudge(ById { id: nudge.id })).await?;
            return out.show(&(), |()| format!("It stands there again: {}", nudge.title));
        }
        NudgeAction::Why { nudge } => {
            let id = pick(&all, nudge, &WAITING)?.id;
            let why: NudgeWhy = client.call(Call::GetNudge(ById { id })).await?;
            return out.show(&why, words::why);
        }
        NudgeAction::Dispute { nudge, why } => return dispute(client, pick(&all, nudge, &WAITING)?, why.into(), out).await,
        NudgeAction::Outcomes => {
            let outcomes: Outcomes = client.call(Call::GetOutcomes).await?;
            return out.show(&outcomes, words::outcomes);
        }
    };
    let nudge = pick(&all, wanted, &WAITING)?;
    let outcome: NudgeOutcome = client.call(Call::AnswerNudge(AnswerNudge { id: nudge.id, answer })).await?;
    out.show(&outcome, |outcome| match outcome {
        NudgeOutcome::OpenChat { model } => format!("{model} is being made ready. Chat with it: canteen chat {model}"),
        NudgeOutcome::OpenModel { model } => format!("Its licence must be accepted first: canteen show {model}"),
        NudgeOutcome::OpenRequest { .. } => "Ask with: canteen nudges ask --reason …".into(),
        NudgeOutcome::Later { until } => {
            format!("It does not come back before {}. Take that back: canteen nudges reopen", moment(*until))
        }
        NudgeOutcome::Closed => "Closed.".into(),
    })
}

/// The same bytes are one model, wherever they lie.
async fn dispute(client: &mut Client, nudge: &Nudge, why: Dispute, out: &Out) -> Result<(), Failure> {
    let computer: Computer = client.call(Call::ListSightings).await?;
    let digest = computer.sightings.iter().find(|seen| seen.id == nudge.sighting).and_then(|seen| seen.digest);
    let same = |seen: &&Sighting| seen.id == nudge.sighting || (digest.is_some() && seen.digest == digest);
    let mut disputed: Vec<SightingId> = computer.sightings.iter().filter(same).map(|seen| seen.id).collect();
    if disputed.is_empty() {
        // The host says that it is no longer there.
        disputed.push(nudge.sighting);
    }
    for id in &disputed {
        client.call::<()>(Call::DisputeSighting(DisputeSighting { id: *id, why })).await?;
    }
    out.show(&disputed, |_| "It is no longer pointed out, until a program begins to use it.".into())
}

/// What waits for an answer.
const WAITING: [&str; 2] = ["shown", "due"];
/// What rests by the person's wish.
const RESTS: [&str; 3] = ["silenced", "snoozed", "dismissed"];

/// The one that is named, else the newest in one of these states.
fn pick<'a>(all: &'a [Nudge], wanted: Option<NudgeId>, states: &[&str]) -> Result<&'a Nudge, Failure> {
    let found = match wanted {
        Some(id) => all.iter().find(|nudge| nudge.id == id),
        None => all.iter().find(|nudge| states.contains(&nudge.state.as_str())),
    };
    found.ok_or_else(|| anyhow::anyhow!("there is no such nudge; `canteen nudges` shows them").into())
}

pub(crate) async fn ask(client: &mut Client, form: AskForApproval, out: &Out) -> Result<(), Failure> {
    let request: Request = client.call(Call::AskForApproval(form)).await?;
    out.show(&request, asked)
}

pub(crate) fn asked(request: &Request) -> String {
    format!("Asked for {}. It is kept here until IT answers: canteen requests", request.name)
}
