import axe from 'axe-core'

/** What axe finds; happy-dom computes no layout and no colours, these are looked at in a real browser. */
export async function violations(container: Element): Promise<string[]> {
  const result = await axe.run(container, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    rules: {
      'color-contrast': { enabled: false },
      'target-size': { enabled: false },
      region: { enabled: false },
    },
  })
  return result.violations.map((found) => `${found.id}: ${found.nodes.map((node) => node.html).join(' ')}`)
}
