// @vitest-environment jsdom
// happy-dom's tree walking loses the first element under DOMPurify; jsdom walks as browsers do.

import { describe, expect, it } from 'vitest'
import { blocks, GrowingMarkdown, linkTarget, markdown } from '../src/lib/markdown'

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
    const acting =
      'script, img, svg, iframe, style, form, input, [href], [src], [onerror], [onload], [onclick]'
    expect(box.querySelectorAll(acting)).toHaveLength(0)
    // A link is an element without a target of its own: pressing it asks first.
    for (const element of box.querySelectorAll('*')) {
      const allowed = element.nodeName === 'A' ? ['data-to', 'role', 'tabindex', 'title'] : []
      expect(element.getAttributeNames().filter((name) => !allowed.includes(name))).toEqual([])
      if (element.nodeName === 'A')
        expect(element.getAttribute('data-to')).toMatch(/^https:\/\/evil\.example/)
    }
  })

  it.each([
    ['[a](https://evil.example/x "onmouseover=alert(1)")', 'https://evil.example/x'],
    ['[a](https://evil.example/"onclick="x)', 'https://evil.example/%22onclick=%22x'],
    ['<https://bücher.example/>', 'https://xn--bcher-kva.example/'],
    ['https://a.example/?b=c&d', 'https://a.example/?b=c&d'],
    ['[mail](mailto:ada@example.org)', 'mailto:ada@example.org'],
  ])('a link carries its target as data and does nothing by itself: %s', (source, target) => {
    const box = document.createElement('div')
    box.innerHTML = markdown(source)
    const links = [...box.querySelectorAll('a')]
    expect(links.map((link) => link.getAttribute('data-to'))).toEqual([target])
    expect(links[0]?.getAttributeNames().sort()).toEqual(['data-to', 'role', 'tabindex', 'title'])
  })

  it.each(['[a](/etc/passwd)', '[a](#top)', '[a](ftp://x.example/)', '[a](canteen:settings)'])(
    'what cannot be opened is shown as it is: %s',
    (source) => {
      const html = markdown(source)
      expect(html).not.toContain('<a')
      expect(html).toContain('<small>(')
    },
  )

  it('only opens pages and mail', () => {
    for (const bad of ['javascript:alert(1)', 'file:///x', 'data:text/html,x', 'x', '']) {
      expect(linkTarget(bad)).toBeNull()
    }
  })

  it('colours code of a language that is known, with classes of its own only', () => {
    const box = document.createElement('div')
    box.innerHTML = markdown('```py\ndef f(): return "<b>"\n```')
    expect(box.querySelector('span.hljs-keyword')?.textContent).toBe('def')
    expect(box.querySelector('pre')?.textContent).toBe('def f(): return "<b>"\n')
    expect(box.querySelector('b')).toBeNull()
    expect(box.querySelector('small')?.textContent).toBe('pythonCopy code')
    const classes = [...box.querySelectorAll('[class]')].flatMap((element) => [...element.classList])
    expect(classes.every((name) => /^hljs-|_$/.test(name))).toBe(true)
    expect(markdown('```brainfuck\n+\n```')).not.toContain('class')
  })

  it('shows maths as the text that it is', () => {
    expect(markdown('$\\frac{1}{2}$ and $$x_1^2$$')).toBe('<p>$\\frac{1}{2}$ and $$x_1^2$$</p>\n')
  })

  it('makes no headings of the window', () => {
    expect(markdown('# Title')).toBe('<p><strong>Title</strong></p>\n')
  })
})

describe('text that grows', () => {
  const LONG = [
    'First *words*.',
    '',
    '- one',
    '',
    '- two',
    '',
    '| a | b |',
    '|---|---|',
    '| 1 | 2 |',
    '',
    '```js',
    'const a = 1',
    '',
    '# no heading',
    '```',
    '',
    'Title',
    '---',
    'And the [end](https://example.org/).',
    '',
  ].join('\n')

  it('ends as if it had come at once', () => {
    for (const step of [1, 3, 7, 50]) {
      const growing = new GrowingMarkdown()
      for (let at = step; at < LONG.length + step; at += step) growing.update(LONG.slice(0, at))
      // The last block gets its colours with the whole answer.
      expect([...growing.settled, growing.tail].join('')).toBe(blocks(LONG).join(''))
    }
  })

  it('renders a block that is settled once and leaves it alone', () => {
    const growing = new GrowingMarkdown()
    growing.update('One.\n\nTwo.\n\nThr')
    const settled = growing.settled
    expect(settled).toEqual(['<p>One.</p>\n'])
    growing.update('One.\n\nTwo.\n\nThree')
    expect(growing.settled).toBe(settled)
    expect(growing.tail).toBe('<p>Two.</p>\n<p>Three</p>\n')
  })

  it('takes a half line for nothing final', () => {
    const growing = new GrowingMarkdown()
    growing.update('Words\n\n#')
    expect(growing.settled).toEqual([])
    growing.update('Words\n\n#hashtag\n')
    expect(growing.tail).toBe('<p>#hashtag</p>\n')
  })

  it('begins anew with another text', () => {
    const growing = new GrowingMarkdown()
    growing.update('One.\n\nTwo.\n\nThree.\n')
    growing.update('Other')
    expect([growing.settled, growing.tail]).toEqual([[], '<p>Other</p>\n'])
  })
})
