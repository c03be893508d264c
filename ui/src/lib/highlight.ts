import hljs from 'highlight.js/lib/core'
import bash from 'highlight.js/lib/languages/bash'
import css from 'highlight.js/lib/languages/css'
import java from 'highlight.js/lib/languages/java'
import javascript from 'highlight.js/lib/languages/javascript'
import json from 'highlight.js/lib/languages/json'
import python from 'highlight.js/lib/languages/python'
import rust from 'highlight.js/lib/languages/rust'
import sql from 'highlight.js/lib/languages/sql'
import typescript from 'highlight.js/lib/languages/typescript'
import xml from 'highlight.js/lib/languages/xml'
import yaml from 'highlight.js/lib/languages/yaml'

const LANGUAGES = { bash, css, java, javascript, json, python, rust, sql, typescript, xml, yaml }
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language)

/** Longer code is shown without colours: finding them would take longer than reading the first line. */
const LONGEST = 40_000

/** Name of a language by the word that a model wrote after a fence; `null` for one that is not known here. */
export function languageOf(word: string): string | null {
  const found = hljs.getLanguage(word)
  if (found === undefined) return null
  return Object.keys(LANGUAGES).find((name) => hljs.getLanguage(name) === found) ?? null
}

/** The code as HTML with classes `hljs-…`; `null` where it stays plain. */
export function highlighted(code: string, language: string): string | null {
  if (code.length > LONGEST) return null
  return hljs.highlight(code, { language, ignoreIllegals: true }).value
}
