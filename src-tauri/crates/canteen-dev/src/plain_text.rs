//! A licence that comes as a web page, as the text that a person can read in a window.

/// Elements whose content is not for people.
const SILENT: [&str; 5] = ["script", "style", "template", "button", "devsite-feedback"];
/// Elements that begin a line of their own.
const BLOCKS: [&str; 12] = ["p", "h1", "h2", "h3", "h4", "h5", "li", "ul", "ol", "div", "br", "tr"];

/// The words of a page from its first `h1` to the end of its article, or all of them; one paragraph a line, an empty line
/// between them.
///
/// ```
/// let page = "<article><nav>x</nav><h1 id=t>Terms</h1><p>You &amp; we\n<b>agree</b>.</p><style>p {}</style></article>y";
/// assert_eq!(canteen_dev::plain_text(page), "Terms\n\nYou & we agree.\n");
/// ```
#[must_use]
pub fn plain_text(page: &str) -> String {
    let begin = page.find("<h1").unwrap_or(0);
    let mut rest = page.get(begin..).unwrap_or(page);
    rest = rest.split_once("</article>").map_or(rest, |(article, _)| article);
    let mut text = String::new();
    while let Some((words, after)) = rest.split_once('<') {
        // A line of the source is no line of the text.
        text.push_str(&words.replace(['\n', '\r'], " "));
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        let name =
            tag.trim_start_matches('/').split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or("").to_ascii_lowercase();
        rest = after;
        if SILENT.contains(&name.as_str()) && !tag.starts_with('/') {
            rest = after.split_once(&format!("</{name}>")).map_or("", |(_, rest)| rest);
        } else if BLOCKS.contains(&name.as_str()) {
            text.push('\n');
        }
    }
    text.push_str(&rest.replace(['\n', '\r'], " "));
    let mut paragraphs: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if !line.is_empty() {
            paragraphs.push(without_entities(&line));
        }
    }
    paragraphs.join("\n\n") + "\n"
}

fn without_entities(line: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")]
        .iter()
        .fold(line.to_owned(), |line, (entity, character)| line.replace(entity, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_without_a_heading_is_read_whole() {
        assert_eq!(plain_text("one\nline<br>two &amp;lt;"), "one line\n\ntwo &lt;\n");
    }

    #[test]
    fn a_page_that_ends_inside_a_tag_is_no_trouble() {
        assert_eq!(plain_text("<p>one<script>never ended"), "one\n");
        assert_eq!(plain_text("words <b"), "words\n");
    }
}
