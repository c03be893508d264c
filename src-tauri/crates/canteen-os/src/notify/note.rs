/// How loud a note is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// May be shown in the list only.
    Low,
    /// Shown; the desktop decides for how long.
    Normal,
    /// Stays until answered, and pierces “do not disturb” on some desktops.
    Critical,
}

/// One message with buttons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Our name for it, e.g. the nudge's id. A second note with the same key replaces the first one on the screen.
    pub key: String,
    /// One line; cut to 120 characters.
    pub title: String,
    /// A sentence or two, as plain text; cut to 600 characters. Markup in it is shown, not obeyed.
    pub body: String,
    /// Buttons: id and label. The id `default` is the click on the note itself, where the desktop has that.
    pub actions: Vec<(String, String)>,
    /// Added to the body where the desktop shows no buttons: where to answer instead.
    pub without_buttons: String,
    /// How loud.
    pub urgency: Urgency,
}

/// What became of a note. Reported once per note, from a thread of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A button was pressed; its id.
    Action(String),
    /// The note itself was clicked.
    Opened,
    /// The person closed it.
    Dismissed,
    /// Its time on the screen ended.
    Expired,
    /// Closed by Canteen, or for a reason that the desktop does not tell.
    Closed,
    /// Another note with the same key took its place.
    Replaced,
    /// The notification service went away.
    Lost,
}

/// Who shows notes here, and what it can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Daemon {
    /// Its name, e.g. `gnome-shell`.
    pub name: String,
    /// Shows buttons.
    pub actions: bool,
    /// Reads markup in the body, so text must be escaped.
    pub body_markup: bool,
    /// Keeps notes in a list after they left the screen.
    pub persistence: bool,
}

/// The texts of a note as one daemon must get them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prepared {
    pub(super) title: String,
    pub(super) body: String,
    pub(super) actions: Vec<(String, String)>,
}

const TITLE: usize = 120;
const BODY: usize = 600;
const LABEL: usize = 60;

impl Note {
    /// Cut, without control characters, escaped where the daemon reads markup, and without buttons where it has none.
    pub(super) fn prepared_for(&self, daemon: &Daemon) -> Prepared {
        let mut body = clean(&self.body, BODY);
        if !daemon.actions && !self.without_buttons.is_empty() {
            if !body.is_empty() {
                body.push('\n');
            }
            body.push_str(&clean(&self.without_buttons, LABEL));
        }
        Prepared {
            title: clean(&self.title, TITLE),
            body: if daemon.body_markup { escaped(&body) } else { body },
            actions: if daemon.actions {
                self.actions.iter().map(|(id, label)| (id.clone(), clean(label, LABEL))).collect()
            } else {
                Vec::new()
            },
        }
    }
}

fn clean(text: &str, most: usize) -> String {
    let kept = text.chars().filter(|c| *c == '\n' || !c.is_control());
    if text.chars().count() <= most { kept.collect() } else { kept.take(most - 1).chain(['…']).collect() }
}

/// Desktop Notifications Specification 1.3, section “Markup”: the body is XML-like where `body-markup` is offered.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(body: &str) -> Note {
        Note {
            key: "k".into(),
            title: "Not approved\u{1b}[31m yet".into(),
            body: body.into(),
            actions: vec![("use".into(), "Use SmolLM2".into())],
            without_buttons: "Open Canteen to answer.".into(),
            urgency: Urgency::Normal,
        }
    }

    fn daemon(actions: bool, body_markup: bool) -> Daemon {
        Daemon { name: "test".into(), actions, body_markup, persistence: false }
    }

    #[test]
    fn a_file_name_cannot_bring_markup_or_control_characters_into_a_note() {
        let hostile = note("<a href=\"x\">evil & co</a>\u{7}.gguf");
        let prepared = hostile.prepared_for(&daemon(true, true));
        assert_eq!(prepared.body, "&lt;a href=\"x\"&gt;evil &amp; co&lt;/a&gt;.gguf");
        assert_eq!(prepared.title, "Not approved[31m yet");
        assert_eq!(hostile.prepared_for(&daemon(true, false)).body, "<a href=\"x\">evil & co</a>.gguf");
    }

    #[test]
    fn without_buttons_the_note_says_where_to_answer() {
        let prepared = note("A model runs.").prepared_for(&daemon(false, false));
        assert_eq!((prepared.body.as_str(), prepared.actions.len()), ("A model runs.\nOpen Canteen to answer.", 0));
    }

    #[test]
    fn long_texts_are_cut_at_a_character() {
        let prepared = note(&"ä".repeat(700)).prepared_for(&daemon(true, false));
        assert_eq!(prepared.body.chars().count(), 600);
        assert!(prepared.body.ends_with("ä…"));
    }
}
