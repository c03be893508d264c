use canteen_catalogue::sign::{KeyId, RoleName, RoleStatus, Urgency};
use canteen_types::Timestamp;
use serde::Serialize;

use super::Session;
use super::publish::counted;
use crate::args::Place;
use crate::keyring::{KeyFile, key_files};
use crate::out::table;
use crate::place::Company;

#[derive(Serialize)]
struct Report {
    organisation: String,
    catalogue: Option<u64>,
    entries: usize,
    published: Option<Timestamp>,
    roles: Vec<Role>,
    waiting_root: bool,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct Role {
    role: RoleName,
    version: Option<u64>,
    expires: Option<Timestamp>,
    urgency: Urgency,
    threshold: u32,
    keys: Vec<KeyId>,
    signed_by: Vec<KeyId>,
}

pub(super) fn run(place: &Place, session: &Session) -> anyhow::Result<()> {
    let company = Company::open(&place.dir)?;
    let status = company.repository()?.status(session.now)?;
    let files = key_files(&company.keys())?;
    let mut warnings: Vec<String> = status.roles.iter().filter_map(warning).collect();
    if let (Some(refused), false) = (&status.refused, warnings.iter().any(|w| w.contains("ran out"))) {
        warnings.push(format!("Clients refuse what is published: {refused}"));
    }
    if status.catalogue.is_none() {
        warnings.push("Nothing is published yet. Do it with `canteen-admin publish DIR`.".to_owned());
    }
    let waiting_root = company.waiting_root().is_file();
    if waiting_root {
        warnings.push("A new root waits for signatures: `canteen-admin keys sign DIR --key FILE`.".to_owned());
    }
    let (organisation, catalogue, published, entries) = match status.catalogue {
        Some((organisation, version, published, entries)) => (organisation, Some(version), Some(published), entries),
        None => (company.about.organisation.clone(), None, None, 0),
    };
    let roles = status.roles.into_iter().map(|role| {
        let RoleStatus { role, version, expires, urgency, threshold, keys, signed_by, .. } = role;
        Role { role, version, expires, urgency, threshold, keys, signed_by }
    });
    let report = Report { organisation, catalogue, entries, published, roles: roles.collect(), waiting_root, warnings };
    session.out.show(&report, |report| people(report, &files))
}

/// 30, 14 and 3 days ahead, where the role lives long enough for that.
fn warning(role: &RoleStatus) -> Option<String> {
    let expires = role.expires?.to_string();
    let day: String = expires.chars().take(10).collect();
    let what = match role.role {
        RoleName::Root => "renew it with `canteen-admin keys renew DIR`",
        RoleName::Targets | RoleName::Snapshot => "publish again",
        RoleName::Timestamp => "publish again, or with --timestamp-only",
    };
    let name = role.role;
    match role.urgency {
        Urgency::Fine => None,
        Urgency::Month => Some(format!("The {name} signature runs out within 30 days, on {day}: {what}.")),
        Urgency::Fortnight => Some(format!("The {name} signature runs out within 14 days, on {day}: {what}.")),
        Urgency::Days => Some(format!("The {name} signature runs out within 3 days, on {day}: {what}.")),
        Urgency::Expired => Some(format!("The {name} signature ran out on {day}, so clients take nothing new: {what}.")),
    }
}

fn people(report: &Report, files: &[KeyFile]) -> String {
    let name = |id: &KeyId| files.iter().find(|file| file.public.id() == *id).map_or_else(|| id.to_string(), KeyFile::name);
    let rows = report.roles.iter().map(|role| {
        let signers: Vec<String> = role.signed_by.iter().map(name).collect();
        vec![
            role.role.to_string(),
            role.version.map_or_else(|| "-".to_owned(), |version| version.to_string()),
            role.expires.map_or_else(|| "-".to_owned(), |expires| expires.to_string()),
            format!("{} of {}", role.threshold, role.keys.len()),
            if signers.is_empty() { "-".to_owned() } else { signers.join(", ") },
        ]
    });
    let head = match (report.catalogue, report.published) {
        (Some(version), Some(at)) => {
            format!("{}: catalogue {version} with {}, published {at}", report.organisation, counted(report.entries))
        }
        _ => format!("{}: nothing published", report.organisation),
    };
    let mut text = format!("{head}\n\n{}", table(&["ROLE", "VERSION", "EXPIRES", "NEEDS", "SIGNED BY"], rows));
    for warning in &report.warnings {
        text.push_str("\n\n! ");
        text.push_str(warning);
    }
    text
}
