/** Where an element stands below `root`, as the number of the child at each step; `null` when it stands elsewhere. */
export function pathTo(root: Element, element: Element | null): number[] | null {
  const path: number[] = []
  let at = element
  while (at !== null && at !== root) {
    const parent: Element | null = at.parentElement
    if (parent === null) return null
    path.unshift([...parent.children].indexOf(at))
    at = parent
  }
  return at === root ? path : null
}

/** The element at that place, if there is one. */
export function atPath(root: Element, path: readonly number[]): HTMLElement | null {
  let at: Element | undefined = root
  for (const step of path) at = at?.children[step]
  return at instanceof HTMLElement ? at : null
}
