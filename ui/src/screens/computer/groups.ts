import type { Evidence, Sighting } from '../../lib/backend'

/** One model with all the places where its bytes lie. */
export type Group = {
  /** The digest, or the sighting's own id while there is none. */
  key: string
  /** The place that says most: in use before at rest, then the newest. Its name and status stand for the group. */
  first: Sighting
  places: readonly Sighting[]
  /** When the first of them was seen. */
  since: string
  lastSeen: string
  /** Names of the programs that hold it now. */
  holders: readonly string[]
}

const GRADES = ['present', 'arriving', 'loaded', 'inferring']

const grade = (sighting: Sighting) => GRADES.indexOf(sighting.grade)

/** Same bytes are one model, wherever they lie. The order is that of the host, by each group's first sighting. */
export function grouped(sightings: readonly Sighting[]): Group[] {
  const groups = new Map<string, Sighting[]>()
  for (const sighting of sightings) {
    const key = sighting.digest ?? sighting.id
    const places = groups.get(key)
    if (places === undefined) groups.set(key, [sighting])
    else places.push(sighting)
  }
  return [...groups].map(([key, places]) => group(key, places))
}

function group(key: string, places: Sighting[]): Group {
  const sorted = places.toSorted(
    (a, b) => grade(b) - grade(a) || Date.parse(b.last_seen) - Date.parse(a.last_seen),
  )
  const first = sorted[0] as Sighting
  const times = (of: (sighting: Sighting) => string) =>
    sorted.map(of).toSorted((a, b) => Date.parse(a) - Date.parse(b))
  return {
    key,
    first,
    places: sorted,
    since: times((sighting) => sighting.first_seen)[0] ?? first.first_seen,
    lastSeen: times((sighting) => sighting.last_seen).at(-1) ?? first.last_seen,
    holders: [...new Set(sorted.flatMap((sighting) => sighting.holder ?? []))],
  }
}

/** Everything that was observed at any of the places, newest first; what was observed again counts once. */
export function evidenceOf(group: Group): Evidence[] {
  const seen = new Map<string, Evidence>()
  const all = group.places.flatMap((sighting) => sighting.evidence)
  for (const one of all.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))) {
    const what = one.code === null ? one.text : JSON.stringify([one.code, one.fields])
    if (!seen.has(what)) seen.set(what, one)
  }
  return [...seen.values()]
}
