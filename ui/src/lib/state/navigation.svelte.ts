import { untrack } from 'svelte'
import { fromHash, toHash, type Place } from '../place'

/** Where the window is; the address holds it, so that back and forward work. */
export class Navigation {
  place: Place = $state.raw(fromHash(location.hash))
  /** How often the person, or the host, asked for a place, be it the one that is shown. */
  trips = $state(0)

  /** Follows the address until the returned function is called. */
  start(): () => void {
    const follow = () => (this.place = fromHash(location.hash))
    window.addEventListener('hashchange', follow)
    return () => window.removeEventListener('hashchange', follow)
  }

  go(place: Place): void {
    // It may be called by what draws: it must not follow itself.
    this.trips = untrack(() => this.trips) + 1
    this.place = place
    location.hash = toHash(place)
  }

  /** Instead of the place before: it is not worth going back to. */
  replace(place: Place): void {
    this.place = place
    history.replaceState(null, '', toHash(place))
  }
}
