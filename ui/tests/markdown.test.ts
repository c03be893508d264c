// @vitest-environment jsdom
// happy-dom's tree walking loses the first element under DOMPurify; jsdom walks as browsers do.

import { describe, expect, it } from 'vitest'
import { markdown } from '../src/lib/markdown'

describe('what a model writes', () => {
  it('is formatted', () => {
    expect(markdown('1. **one**\n2. `two`')).toBe(
      '<ol>\n<li><strong>one</strong></li>\n<li><code>two</code></li>\n</ol>\n',
    )
  })

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '![picture](https://evil.example/p.png)',
    '[click](javascript:alert(1))',
    '[click](data:text/html,x)',
    '<svg onload=alert(1)>',
    '<iframe src="https://evil.example"></iframe>',
    '<style>*{display:none}</style>',
    '```html"onload="x\n<b onclick=1>\n```',
    '<a href="https://evil.example">here</a>',
  ])('brings in no element that acts: %s', (hostile) => {
    const box = document.createElement('div')
    box.innerHTML = markdown(hostile)
    expect(
      box.querySelectorAll('script, img, svg, iframe, style, a, form, input, [onerror], [onload], [onclick]'),
    ).toHaveLength(0)
    expect([...box.querySelectorAll('*')].flatMap((element) => element.getAttributeNames())).toEqual([])
  })

  it('shows where a link leads instead of following it', () => {
    const html = markdown('See [our *guide*](https://evil.example/x) now.')
    expect(html).toContain('our <em>guide</em> <small>(https://evil.example/x)</small> now.')
    expect(html).not.toContain('href')
  })

  it('does not say an address twice', () => {
    expect(markdown('<https://a.example/>')).toBe('<p>https://a.example/</p>\n')
  })

  it('makes no headings of the window', () => {
    expect(markdown('# Title')).toBe('<p><strong>Title</strong></p>\n')
  })
})
