import type { Fault } from './bindings'

/** Faults that arise in the window itself; the host never sends these codes. */
export type WindowCode = 'window.timed_out' | 'window.unexpected' | 'window.copy_failed'

export function isFault(value: unknown): value is Fault {
  if (typeof value !== 'object' || value === null) return false
  const fault = value as Record<string, unknown>
  return typeof fault['code'] === 'string' && typeof fault['message'] === 'string'
}

export function windowFault(code: WindowCode, message = ''): Fault {
  return { code, message, remedy: 'retry', subject: {}, incident: '' }
}

/** Tauri itself rejects with a plain text, e.g. for a command that this window may not call. */
export function toFault(value: unknown): Fault {
  if (isFault(value)) return value
  return windowFault('window.unexpected', value instanceof Error ? value.message : String(value))
}
