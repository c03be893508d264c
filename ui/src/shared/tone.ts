/** What a colour says. Never alone: there is always a word beside it. */
export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'neutral'
