/** `sha256:7c2a…91f0`: enough to compare by eye; the whole one is on hover and copied. */
export function shortDigest(digest: string): string {
  const hex = digest.replace(/^sha256:/, '')
  return hex.length <= 12 ? hex : `${hex.slice(0, 4)}…${hex.slice(-4)}`
}
