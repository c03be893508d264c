export type Part = { name: string; version: string; licence: string }
type Group = { licence: string; rust: string[]; npm: string[] }

/** All parts by name. Read when it is asked for: the list is longer than the rest of this screen. */
export async function allParts(): Promise<Part[]> {
  const groups: Group[] = (await import('../../lib/licences.json')).default
  const parts = groups.flatMap(({ licence, rust, npm }) =>
    [...rust, ...npm].map((part) => {
      const at = part.lastIndexOf(' ')
      return { name: part.slice(0, at), version: part.slice(at + 1), licence }
    }),
  )
  return parts.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** Parts whose name or licence holds these words, by licence, the most used first. */
export function grouped(parts: readonly Part[], words: string): { licence: string; parts: Part[] }[] {
  const wanted = words.trim().toLowerCase()
  const groups: Record<string, Part[]> = {}
  for (const part of parts) {
    if (`${part.name} ${part.licence}`.toLowerCase().includes(wanted))
      (groups[part.licence] ??= []).push(part)
  }
  return Object.entries(groups)
    .map(([licence, parts]) => ({ licence, parts }))
    .sort((a, b) => b.parts.length - a.parts.length || (a.licence < b.licence ? -1 : 1))
}
