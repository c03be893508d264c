/** Longest root file, in bytes: the host's own limit. */
export const LONGEST_ROOT = 512 * 1024

/** What is wrong with a place; `null` when the host may look at it. */
export function locationProblem(location: string): 'location' | null {
  const place = location.trim()
  const path = /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(place)
  return path || /^(https|file):\/\/\S/i.test(place) ? null : 'location'
}

export function rootProblem(root: string): 'root' | 'rootTooLong' | null {
  if (new TextEncoder().encode(root).length > LONGEST_ROOT) return 'rootTooLong'
  try {
    const read: unknown = JSON.parse(root)
    return typeof read === 'object' && read !== null && 'signed' in read && 'signatures' in read
      ? null
      : 'root'
  } catch {
    return 'root'
  }
}

/** The digest as the host wants it; `null` when none was given, `undefined` when it is none. */
export function digestOf(given: string): string | null | undefined {
  const hex = given
    .trim()
    .toLowerCase()
    .replace(/^sha256:/, '')
    .replaceAll(/\s/g, '')
  if (hex === '') return null
  return /^[0-9a-f]{64}$/.test(hex) ? `sha256:${hex}` : undefined
}
