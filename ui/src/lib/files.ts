import type { Attachment } from './backend'

/** Longest file that may come with a message, in bytes. */
export const LONGEST_FILE = 128 * 1024
/** Files with one message. */
export const MOST_FILES = 8
/** All files of one message together, in bytes: the host takes 256 KiB with the words. */
export const LONGEST_TOGETHER = 240 * 1024

export type Refusal = { name: string; why: 'large' | 'not_text' | 'unreadable' | 'many' | 'together' }

const bytes = (text: string) => new TextEncoder().encode(text).length

/** The text of a file; `null` where it is none. */
export function decoded(data: Uint8Array): string | null {
  const wide =
    data[0] === 0xff && data[1] === 0xfe
      ? 'utf-16le'
      : data[0] === 0xfe && data[1] === 0xff
        ? 'utf-16be'
        : null
  try {
    const text = new TextDecoder(wide ?? 'utf-8', { fatal: true }).decode(data)
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}

/** Reads files as text beside those that are there already. Each one that is refused says why. */
export async function readFiles(
  files: Iterable<File>,
  there: readonly Attachment[],
): Promise<{ taken: Attachment[]; refused: Refusal[] }> {
  const taken: Attachment[] = []
  const refused: Refusal[] = []
  let together = there.reduce((sum, file) => sum + bytes(file.text), 0)
  for (const file of files) {
    const refuse = (why: Refusal['why']) => refused.push({ name: file.name, why })
    if (there.length + taken.length >= MOST_FILES) {
      refuse('many')
      continue
    }
    if (file.size > LONGEST_FILE) {
      refuse('large')
      continue
    }
    // A folder that was dropped looks like a file until it is read.
    const data = await file.arrayBuffer().catch(() => null)
    if (data === null) {
      refuse('unreadable')
      continue
    }
    const text = decoded(new Uint8Array(data))
    if (text === null) {
      refuse('not_text')
      continue
    }
    const size = bytes(text)
    if (size > LONGEST_FILE) refuse('large')
    else if (together + size > LONGEST_TOGETHER) refuse('together')
    else {
      together += size
      taken.push({ name: file.name, text })
    }
  }
  return { taken, refused }
}
