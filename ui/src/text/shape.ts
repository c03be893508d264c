import type { en } from './en'

/** The same keys and the same arguments, with any words: what every language file must have. */
type Worded<T> = T extends string
  ? string
  : T extends (...given: infer A) => infer R
    ? (...given: A) => Worded<R>
    : { readonly [K in keyof T]: Worded<T[K]> }

export type Text = Worded<typeof en>
