//! Windows hands a program one line of text; the program's runtime cuts it into arguments again.

/// `program` and `arguments` as one line that ends with a zero. The program's path holds no quotation mark: Windows forbids it.
pub(crate) fn command_line(program: &[u16], arguments: &[String]) -> Vec<u16> {
    let quote = u16::from(b'"');
    let mut line = vec![quote];
    line.extend(program.iter().copied().filter(|unit| *unit != 0 && *unit != quote));
    line.push(quote);
    for argument in arguments {
        line.extend(" ".encode_utf16());
        line.extend(quoted(argument).encode_utf16());
    }
    line.push(0);
    line
}

/// Backslashes count only in front of a quotation mark: there each is doubled, and the mark gets one of its own.
fn quoted(argument: &str) -> String {
    let mut text = String::from('"');
    let mut backslashes = 0;
    for c in argument.chars().filter(|c| *c != '\0') {
        if c == '"' {
            text.extend(std::iter::repeat_n('\\', backslashes + 1));
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        text.push(c);
    }
    text.extend(std::iter::repeat_n('\\', backslashes));
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_argument_stays_one_argument() {
        for (argument, expected) in [
            ("plain", r#""plain""#),
            ("", r#""""#),
            ("two words", r#""two words""#),
            (r"C:\folder\", r#""C:\folder\\""#),
            (r#"say "hi""#, r#""say \"hi\"""#),
            (r#"\\"x"#, r#""\\\\\"x""#),
            ("a\0b", r#""ab""#),
        ] {
            assert_eq!(quoted(argument), expected, "{argument:?}");
        }
    }

    #[test]
    fn the_line_begins_with_the_program_and_ends_with_a_zero() {
        let program: Vec<u16> = r"C:\Program Files\engine.exe".encode_utf16().chain([0]).collect();
        let line = command_line(&program, &["--parent".to_owned(), "7".to_owned()]);
        let text = String::from_utf16(&line).unwrap();
        assert_eq!(text, "\"C:\\Program Files\\engine.exe\" \"--parent\" \"7\"\0");
    }
}
