import DOMPurify from 'dompurify'
import MarkdownIt from 'markdown-it'

/**
 * What a model writes is untrusted: no raw HTML, no images, and nothing that navigates. A link is shown as its text with its
 * target beside it, so that nobody follows a text that says one thing and leads to another.
 */
const parser = new MarkdownIt({ html: false, linkify: false, typographer: false, breaks: true }).disable(
  'image',
)

const escape = parser.utils.escapeHtml

parser.renderer.rules.link_open = () => ''
parser.renderer.rules.link_close = (tokens, index) => {
  let depth = 0
  for (let at = index; at >= 0; at -= 1) {
    const token = tokens[at]
    if (token?.type === 'link_close') depth += 1
    if (token?.type === 'link_open' && (depth -= 1) === 0) {
      const target = String(token.attrGet('href') ?? '')
      const text = tokens
        .slice(at + 1, index)
        .map((inner) => inner.content)
        .join('')
      return text === target || `mailto:${text}` === target ? '' : ` <small>(${escape(target)})</small>`
    }
  }
  return ''
}
// A heading inside an answer is no heading of the window.
parser.renderer.rules.heading_open = () => '<p><strong>'
parser.renderer.rules.heading_close = () => '</strong></p>\n'
// The language after the fence is the model's word: it becomes no class name.
parser.renderer.rules.fence = (tokens, index) =>
  `<pre><code>${escape(tokens[index]?.content ?? '')}</code></pre>\n`
// A table that is wider than the message scrolls by itself.
parser.renderer.rules.table_open = () => '<div><table>\n'
parser.renderer.rules.table_close = () => '</table></div>\n'

const ALLOWED_TAGS = [
  'p',
  'br',
  'strong',
  'em',
  's',
  'code',
  'pre',
  'blockquote',
  'ul',
  'ol',
  'li',
  'hr',
  'small',
  'div',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
]

/** HTML that may be shown as it is. */
export function markdown(text: string): string {
  // The second lock: should the parser ever let something through, this takes it out again.
  return DOMPurify.sanitize(parser.render(text), {
    ALLOWED_TAGS,
    ALLOWED_ATTR: ['start'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  })
}
