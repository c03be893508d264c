const END = /[.!?…:](?=\s|$)|\n/g

/**
 * The whole sentences of a text that grows, from `from` on: a screen reader that is told every token says nothing useful.
 */
export function sentences(text: string, from: number): { say: string; upTo: number } {
  let upTo = from
  END.lastIndex = from
  for (let match = END.exec(text); match !== null; match = END.exec(text)) {
    const end = match.index + match[0].length
    // The last mark may be the middle of “3.5”: wait for what follows.
    if (end < text.length || match[0] === '\n') upTo = end
  }
  return { say: text.slice(from, upTo).trim(), upTo }
}
