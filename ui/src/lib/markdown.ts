import DOMPurify from 'dompurify'
import MarkdownIt, { type Token } from 'markdown-it'
import { text as words } from '../text'
import { highlighted, languageOf } from './highlight'

/**
 * What a model writes is untrusted: no raw HTML, no images, and nothing that navigates. A link is no `href`: it carries its
 * target as data, and whoever presses it is first shown where it leads.
 */
const parser = new MarkdownIt({ html: false, linkify: true, typographer: false, breaks: true }).disable(
  'image',
)
// Only what is written out as an address becomes a link, not every word with a dot in it.
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })

const escape = parser.utils.escapeHtml

/** The target of a link that may be opened, in the one form that is shown and opened; `null` for all others. */
export function linkTarget(href: string): string | null {
  try {
    const url = new URL(href)
    return ['https:', 'http:', 'mailto:'].includes(url.protocol) ? url.href : null
  } catch {
    return null
  }
}

function opening(tokens: Token[], index: number): Token | undefined {
  let depth = 0
  for (let at = index; at >= 0; at -= 1) {
    const token = tokens[at]
    if (token?.type === 'link_close') depth += 1
    if (token?.type === 'link_open' && (depth -= 1) === 0) return token
  }
  return undefined
}

parser.renderer.rules.link_open = (tokens, index) => {
  const target = linkTarget(String(tokens[index]?.attrGet('href') ?? ''))
  if (target === null) return ''
  return `<a role="link" tabindex="0" data-to="${escape(target)}" title="${escape(target)}">`
}
parser.renderer.rules.link_close = (tokens, index) => {
  const href = String(opening(tokens, index)?.attrGet('href') ?? '')
  // What cannot be opened is at least shown.
  return linkTarget(href) === null ? ` <small>(${escape(href)})</small>` : '</a>'
}
// A heading inside an answer is no heading of the window.
parser.renderer.rules.heading_open = () => '<p><strong>'
parser.renderer.rules.heading_close = () => '</strong></p>\n'
// The language after the fence is the model's word: only one that is known here is named.
parser.renderer.rules.fence = (tokens, index, _options, env) => {
  const token = tokens[index]
  const language = languageOf(token?.info.trim().split(/\s+/)[0] ?? '')
  return code(token?.content ?? '', language, env as Env | undefined)
}
parser.renderer.rules.code_block = (tokens, index, _options, env) =>
  code(tokens[index]?.content ?? '', null, env as Env | undefined)
// A table that is wider than the message scrolls by itself.
parser.renderer.rules.table_open = () => '<div><table>\n'
parser.renderer.rules.table_close = () => '</table></div>\n'

type Env = { growing?: boolean }

function code(content: string, language: string | null, env: Env | undefined): string {
  // Colours come when the block is whole: until then they would change with every word.
  const coloured = language === null || env?.growing ? null : highlighted(content, language)
  const name = language === null ? '' : `<span>${language}</span>`
  return `<div><small>${name}<button>${escape(words.chat.copyCode)}</button></small><pre><code>${coloured ?? escape(content)}</code></pre></div>\n`
}

const ALLOWED_TAGS = [
  'a',
  'p',
  'br',
  'strong',
  'em',
  's',
  'code',
  'pre',
  'blockquote',
  'button',
  'ul',
  'ol',
  'li',
  'hr',
  'small',
  'span',
  'div',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
]

/** `hljs-title function_`: what the highlighter writes, and nothing that could be a class of the window. */
const COLOUR = /^hljs-[a-z-]+( [a-z]+_)*$/

const purify = DOMPurify()
purify.addHook('uponSanitizeAttribute', (element, attribute) => {
  if (attribute.attrName === 'class') {
    attribute.keepAttr = element.nodeName === 'SPAN' && COLOUR.test(attribute.attrValue)
  } else if (attribute.attrName !== 'start') {
    attribute.keepAttr = element.nodeName === 'A'
  }
})

/** The second lock: should the parser ever let something through, this takes it out again. */
function clean(html: string): string {
  return purify.sanitize(html, {
    ALLOWED_TAGS,
    ALLOWED_ATTR: ['start', 'class', 'role', 'tabindex', 'title', 'data-to'],
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  })
}

type Block = { html: string; line: number }

function parsed(text: string, env: Env): Block[] {
  const tokens = parser.parse(text, env)
  const blocks: Block[] = []
  let from = 0
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at]
    if (token === undefined || token.level !== 0 || token.nesting === 1) continue
    const part = tokens.slice(from, at + 1)
    blocks.push({
      html: clean(parser.renderer.render(part, parser.options, env)),
      line: part[0]?.map?.[0] ?? 0,
    })
    from = at + 1
  }
  return blocks
}

/** HTML that may be shown as it is, one text per block: paragraph, list, table, code. */
export function blocks(text: string): string[] {
  return parsed(text, {}).map((block) => block.html)
}

/** The whole of it in one text. */
export function markdown(text: string): string {
  return blocks(text).join('')
}

/**
 * Text that grows at its end. A block is settled when a whole line of the next one is there: it is rendered once more, with
 * colours, and never again. Only the block that is being written is rendered at each step.
 */
export class GrowingMarkdown {
  settled: readonly string[] = []
  tail = ''

  #text = ''
  #from = 0

  /** Takes the text so far. One that does not go on from the last begins anew. */
  update(text: string): void {
    if (!text.startsWith(this.#text)) {
      this.settled = []
      this.#from = 0
    }
    this.#text = text
    const whole = text.slice(this.#from, text.lastIndexOf('\n') + 1)
    const starts = whole === '' ? [] : parsed(whole, { growing: true }).map((block) => block.line)
    const last = starts.length > 1 ? starts.at(-1) : undefined
    if (last !== undefined) {
      const end = this.#from + lineStart(whole, last)
      this.settled = [...this.settled, ...blocks(text.slice(this.#from, end))]
      this.#from = end
    }
    this.tail = parsed(text.slice(this.#from), { growing: true })
      .map((block) => block.html)
      .join('')
  }
}

function lineStart(text: string, line: number): number {
  let at = 0
  for (let n = 0; n < line; n += 1) at = text.indexOf('\n', at) + 1
  return at
}
