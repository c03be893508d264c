/** Limits of the wire type `AskForApproval`, in characters and days. */
export const REASON = { least: 10, most: 500 } as const
export const NAME = { least: 2, most: 120 } as const
export const DETAILS = { most: 300 } as const
export const DAYS = [7, 30, 90, 365] as const

/** Characters as people count them, without what surrounds the text. */
export const length = (text: string): number => [...text.trim()].length

export const within = (text: string, limits: { least?: number; most: number }): boolean =>
  length(text) >= (limits.least ?? 0) && length(text) <= limits.most
