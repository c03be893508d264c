use crate::document::Document;
use crate::lines::{line_at, line_of};
use crate::{Signatures, rules};

/// Longest document, in bytes: a runner with everything takes some 1,000.
pub const LONGEST: usize = 256 << 10;
/// Complaints that are listed.
const MOST_COMPLAINTS: usize = 100;
/// Longest complaint, in characters.
const LONGEST_COMPLAINT: usize = 300;

/// One rule that a document breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {because}")]
pub struct Complaint {
    /// Where, beginning at 1.
    pub line: usize,
    /// Which value, and what is wrong with it.
    pub because: String,
}

/// Why a document is refused, whole: the first rule that it breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub Complaint);

impl Signatures {
    /// Reads a document.
    ///
    /// # Errors
    /// [`Refused`] at the first rule that is broken; nothing of it is used then.
    pub fn read(text: &str) -> Result<Self, Refused> {
        let document = parse(text).map_err(Refused)?;
        match rules::broken(&document).into_iter().next() {
            Some((way, because)) => Err(Refused(complaint(line_of(text, &way), &format!("{way} {because}")))),
            None => Ok(Self(document)),
        }
    }
}

/// Every rule that a document breaks, by line; empty for a good one.
#[must_use]
pub fn lint(text: &str) -> Vec<Complaint> {
    let document = match parse(text) {
        Ok(document) => document,
        Err(complaint) => return vec![complaint],
    };
    let broken = rules::broken(&document).into_iter().take(MOST_COMPLAINTS);
    let mut complaints: Vec<Complaint> =
        broken.map(|(way, because)| complaint(line_of(text, &way), &format!("{way} {because}"))).collect();
    complaints.sort_by_key(|complaint| complaint.line);
    complaints
}

fn parse(text: &str) -> Result<Document, Complaint> {
    if text.len() > LONGEST {
        return Err(complaint(1, &format!("the document is longer than {LONGEST} bytes")));
    }
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_at(text, span.start));
        complaint(line, error.message())
    })
}

/// Names in it come from strangers: nothing in it reaches a terminal or a log as more than plain text on one line.
fn complaint(line: usize, because: &str) -> Complaint {
    let because = because.chars().map(|c| if c == '\n' { ' ' } else { c }).filter(|c| !c.is_control());
    Complaint { line, because: because.take(LONGEST_COMPLAINT).collect() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEAD: &str = "format = 1\nversion = 1\n";
    const RUNNER: &str = "[[runner]]\nid = \"acme\"\nname = \"Acme\"\nsource = \"its manual\"\n";

    fn check(after: &str, expected: &str) {
        let text = format!("{HEAD}{RUNNER}{after}");
        let said: Vec<String> = lint(&text).iter().map(ToString::to_string).collect();
        assert_eq!(said.join("\n"), expected, "{after}");
        assert_eq!(Signatures::read(&text).is_ok(), expected.is_empty());
    }

    #[test]
    fn each_rule_names_its_line_and_its_reason() {
        check("", "");
        check("programs = [\n\"a\",\n\"b\\u0007\",\n]\n", "line 9: runner[0].programs[1] holds a control character");
        check("programs = [\"a\\u202eb\"]\n", "line 7: runner[0].programs[0] changes the direction of writing");
        check("ports = [0]\n", "line 7: runner[0].ports[0] must not be 0");
        check("ports = [70000]\n", "line 7: invalid value: integer `70000`, expected u16");
        check(
            "port = 7\n",
            "line 7: unknown field `port`, expected one of `id`, `name`, `source`, `programs`, `ports`, `server`, `fallback`, `store`, `ask`",
        );
        check("name = \"twice\"\n", "line 7: duplicate key");
        let store = |path: &str| format!("[[runner.store]]\nlinux = [\"~/good/models\", \"{path}\"]\n");
        for (path, because) in [
            ("models", "must begin with ~/ or be a whole path"),
            ("~", "must begin with ~/ or be a whole path"),
            ("~/", "must name a folder of its own, two names deep at least where it is not in the home folder"),
            ("/", "must name a folder of its own, two names deep at least where it is not in the home folder"),
            ("/home", "must name a folder of its own, two names deep at least where it is not in the home folder"),
            ("/proc/1/root", "must not lie in /proc, which holds no files of its own"),
            ("~/a/../b", "must not hold “.” or “..” or an empty name"),
            ("~/a//b", "must not hold “.” or “..” or an empty name"),
            ("~/a/*", "must not hold “*”"),
        ] {
            check(&store(path), &format!("line 8: runner[0].store[0].linux[1] {because}"));
        }
        check("[[runner.store]]\nbelow = \"hub\"\n", "line 7: runner[0].store[0] names neither a folder nor a variable");
        check(
            "[[runner.store]]\nvariable = \"Acme\"\n",
            "line 8: runner[0].store[0].variable must be capital letters, digits and “_”",
        );
        let ask = |path: &str| format!("[[runner.ask]]\npath = \"{path}\"\n");
        for (path, because) in [
            ("v1/models", "must begin with /"),
            ("/a?b=c", "may hold letters, digits, “/”, “.”, “_” and “-”"),
            ("/a/../b", "must not hold “.” or “..” or an empty name"),
            ("/api/delete", "holds the word “delete”: only what changes nothing may be asked"),
            ("/models/unload", "holds the word “unload”: only what changes nothing may be asked"),
            ("/admin_shutdown.now", "holds the word “shutdown”: only what changes nothing may be asked"),
        ] {
            check(&ask(path), &format!("line 8: runner[0].ask[0].path {because}"));
        }
        check(
            &format!("{}name = \"id\"\n", ask("/a")),
            "line 9: runner[0].ask[0].name must be a JSON pointer, which begins with /",
        );
        check(
            &format!("{}sign = [{{ is = \"x\" }}]\n", ask("/a")),
            "line 9: runner[0].ask[0].sign[0] needs either “body” or “at”",
        );
        check(
            "[[inventory]]\nid = \"x\"\nname = \"X\"\nsource = \"y\"\n",
            "line 7: inventory[0] names neither a folder nor an architecture",
        );
        check(
            "[[runner]]\nid = \"acme\"\nname = \"\"\nsource = \"x\"\n",
            "line 8: runner[1].id stands there twice\nline 9: runner[1].name must not be empty",
        );
    }

    #[test]
    fn another_format_and_too_much_of_anything_are_refused() {
        let refused = |text: &str| Signatures::read(text).unwrap_err().to_string();
        assert_eq!(refused("format = 2\nversion = 1"), "line 1: format must be 1");
        assert_eq!(refused("format = 1\nversion = 0"), "line 2: version must be from 1 to 1000000000");
        assert_eq!(refused(&" ".repeat(LONGEST + 1)), "line 1: the document is longer than 262144 bytes");
        let many = format!("{HEAD}{}", (0..201).map(|n| RUNNER.replace("acme", &format!("a{n}"))).collect::<String>());
        assert_eq!(refused(&many), "line 3: runner has more than 200 items");
        let ports = format!("{HEAD}{RUNNER}ports = [{}]", vec!["1"; 17].join(","));
        assert_eq!(refused(&ports), "line 7: runner[0].ports has more than 16 items");
        let deep = format!("{HEAD}runner = {}", "[".repeat(50_000));
        assert!(refused(&deep).starts_with("line 3: "));
    }

    #[test]
    fn what_a_document_says_never_reaches_a_line_of_text_as_it_is() {
        let refused = Signatures::read("format = 1\nversion = 1\n\"\\u001b[31m\\n\" = 1").unwrap_err().to_string();
        assert!(!refused.chars().any(char::is_control), "{refused:?}");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,200}") {
            drop(lint(&text));
        }

        #[test]
        fn no_change_of_a_good_document_panics(at in 0..4000_usize, with in "\\PC{0,3}") {
            let good = include_str!("../data/signatures.toml");
            let text: String = good.chars().take(at).chain(with.chars()).chain(good.chars().skip(at + 1)).collect();
            prop_assert_eq!(lint(&text).is_empty(), Signatures::read(&text).is_ok());
        }
    }
}
