import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/** Rules about the window's sources that no linter knows. */
const SRC = join(__dirname, '../src')

function files(folder: string, end: RegExp): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return files(path, end)
    return end.test(name) ? [path] : []
  })
}

type Declaration = { line: number; property: string; value: string }

/** The declarations of a style sheet, or of the styles and the style attributes of a component. */
function declarations(path: string, source: string): Declaration[] {
  const found: Declaration[] = []
  const lineOf = (at: number) => source.slice(0, at).split('\n').length
  const styles = path.endsWith('.css')
    ? [{ text: source, at: 0 }]
    : [...source.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map((match) => ({
        text: match[1] ?? '',
        at: match.index + match[0].indexOf('>') + 1,
      }))
  for (const { text, at } of styles) {
    const bare = text.replace(/\/\*[\s\S]*?\*\//g, (comment) => ' '.repeat(comment.length))
    for (const match of bare.matchAll(/([\w-]+)\s*:\s*([^;{}]+)[;}]/g))
      found.push({ line: lineOf(at + match.index), property: match[1] ?? '', value: (match[2] ?? '').trim() })
  }
  if (!path.endsWith('.css')) {
    for (const match of source.matchAll(/\bstyle:([\w-]+)=/g))
      found.push({ line: lineOf(match.index), property: match[1] ?? '', value: '' })
  }
  return found
}

/** Whether a declaration knows left from right. */
export function isPhysical({ property, value }: Pick<Declaration, 'property' | 'value'>): boolean {
  if (/^(left|right)$/.test(property) || /^(margin|padding|border|scroll-\w+)-(left|right)\b/.test(property))
    return true
  if (/^border-(top|bottom)-(left|right)-radius$/.test(property)) return true
  if (/^(text-align|float|clear|caption-side)$/.test(property)) return /^(left|right)$/.test(value)
  // Four values that differ left and right.
  if (/^(margin|padding|inset|border-(width|style|color))$/.test(property)) {
    const parts = value.match(/[\w.-]+\([^()]*(?:\([^()]*\)[^()]*)*\)|[^\s]+/g) ?? []
    return parts.length === 4 && parts[1] !== parts[3]
  }
  if (property === 'border-radius') {
    const [a, b, c, d] = value.split(/\s+/)
    return b !== undefined && (a !== b || (c !== undefined && c !== (d ?? b)))
  }
  return false
}

describe('styles know no left and no right', () => {
  const all = files(SRC, /\.(svelte|css)$/)

  it('in any of many files', () => {
    expect(all.length).toBeGreaterThan(40)
    const physical = all.flatMap((path) =>
      declarations(path, readFileSync(path, 'utf8'))
        .filter(isPhysical)
        .map(({ line, property, value }) => `${relative(SRC, path)}:${line} ${property}: ${value}`),
    )
    expect(physical).toEqual([])
  })

  it.each([
    ['margin-left', '4px', true],
    ['margin-inline-start', '4px', false],
    ['padding', '1px 2px 3px 4px', true],
    ['padding', '1px 2px 3px 2px', false],
    ['padding', 'var(--a) calc(1px + 2px) 0 calc(1px + 2px)', false],
    ['inset', '0 0 0 4px', true],
    ['text-align', 'right', true],
    ['text-align', 'start', false],
    ['left', '0', true],
    ['border-radius', '8px 8px 2px 8px', true],
    ['border-radius', '8px', false],
    ['border-top-left-radius', '8px', true],
  ])('%s: %s is found out: %s', (property, value, physical) =>
    expect(isPhysical({ property, value })).toBe(physical),
  )
})

/** Where a source reads `text` as soon as its module is loaded, so that it would keep the words of the first language. */
export function readsTooEarly(source: string): number[] {
  const file = ts.createSourceFile('x.ts', source, ts.ScriptTarget.Latest, true)
  const lines: number[] = []
  const later = (node: ts.Node) =>
    ts.isFunctionLike(node) ||
    (ts.isPropertyDeclaration(node) &&
      !node.modifiers?.some((one) => one.kind === ts.SyntaxKind.StaticKeyword))
  const visit = (node: ts.Node) => {
    if (later(node)) return
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
      if (node.expression.text === 'text')
        lines.push(file.getLineAndCharacterOfPosition(node.getStart()).line + 1)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return lines
}

describe('no module keeps the words of the first language', () => {
  it('in any file', () => {
    const modules = files(SRC, /\.ts$/)
      .filter((path) => /import \{[^}]*\btext\b[^}]*\} from '[./]*\/text'/.test(readFileSync(path, 'utf8')))
      .map((path) => ({ path, source: readFileSync(path, 'utf8') }))
    const scripts = files(SRC, /\.svelte$/).flatMap((path) =>
      [...readFileSync(path, 'utf8').matchAll(/<script[^>]*\bmodule\b[^>]*>([\s\S]*?)<\/script>/g)].map(
        (match) => ({ path, source: match[1] ?? '' }),
      ),
    )
    expect(modules.length).toBeGreaterThan(3)
    const early = [...modules, ...scripts].flatMap(({ path, source }) =>
      readsTooEarly(source).map((line) => `${relative(SRC, path)}:${line}`),
    )
    expect(early).toEqual([])
  })

  it('a constant is found out, a function is not', () => {
    expect(readsTooEarly('const A = { name: text.nav.chat }')).toEqual([1])
    expect(readsTooEarly('const a = () => text.nav.chat\nclass B { c = text.app.name }')).toEqual([])
  })
})
