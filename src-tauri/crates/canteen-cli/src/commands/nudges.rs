use canteen_app::call::Call;
use canteen_app::client::Client;
use canteen_app::wire::{
    AnswerNudge, AskAbout, AskForApproval, AskedServer, AskingServers, Computer, HomeLook, HomeLookState, Nudge, NudgeOutcome,
    Request, Sighting,
};
use canteen_types::{ByteSize, Grade, NudgeAnswer, NudgeId, Verdict};

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
                ]
            });
            table(&["MODEL", "SIZE", "FOUND IN", "STATUS", "NOW"], rows)
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
            all.iter().map(describe).collect::<Vec<_>>().join("\n\n")
        });
    };
    let (wanted, answer) = match &action {
        NudgeAction::Use { nudge } => (nudge, NudgeAnswer::Use),
        NudgeAction::Ask { nudge, .. } => (nudge, NudgeAnswer::Ask),
        NudgeAction::Snooze { nudge } => (nudge, NudgeAnswer::Snooze),
        NudgeAction::Dismiss { nudge } => (nudge, NudgeAnswer::Dismiss),
    };
    let nudge = pick(&all, *wanted)?;
    let outcome: NudgeOutcome = client.call(Call::AnswerNudge(AnswerNudge { id: nudge.id, answer })).await?;
    if let NudgeAction::Ask { reason, days, .. } = action {
        let about = AskAbout::Sighting { id: nudge.sighting };
        return ask(client, AskForApproval { about, reason, days }, out).await;
    }
    out.show(&outcome, |outcome| match outcome {
        NudgeOutcome::OpenChat { model } => format!("{model} is being made ready. Chat with it: canteen chat {model}"),
        NudgeOutcome::OpenModel { model } => format!("Its licence must be accepted first: canteen show {model}"),
        NudgeOutcome::OpenRequest { .. } => "Ask with: canteen nudges ask --reason …".into(),
        NudgeOutcome::Later { until } => format!("It comes back at {}.", moment(*until)),
        NudgeOutcome::Closed => "Closed.".into(),
    })
}

fn pick(all: &[Nudge], wanted: Option<NudgeId>) -> Result<&Nudge, Failure> {
    let found = match wanted {
        Some(id) => all.iter().find(|nudge| nudge.id == id),
        None => all.iter().find(|nudge| nudge.state == "shown" || nudge.state == "due"),
    };
    found.ok_or_else(|| anyhow::anyhow!("there is no such nudge; `canteen nudges` shows them").into())
}

fn describe(nudge: &Nudge) -> String {
    let until = nudge.until.map(|until| format!(" until {}", moment(until))).unwrap_or_default();
    let mut text = format!("{}\n  {}\n  {}{until} · {}", nudge.title, nudge.body, nudge.state, nudge.id);
    for why in &nudge.why {
        text.push_str(&format!("\n  – {why}"));
    }
    text
}

pub(crate) async fn ask(client: &mut Client, form: AskForApproval, out: &Out) -> Result<(), Failure> {
    let request: Request = client.call(Call::AskForApproval(form)).await?;
    out.show(&request, asked)
}

pub(crate) fn asked(request: &Request) -> String {
    format!("Asked for {}. It is kept here until IT answers: canteen requests", request.name)
}
