import { perLocale } from './locale'

const FILE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const
const MEMORY_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

const whole = perLocale((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }))
const tenths = perLocale((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }))

function scaled(bytes: number, base: number, units: readonly string[]): string {
  if (!Number.isFinite(bytes) || bytes < 0) return '–'
  let value = bytes
  let unit = 0
  // 999.5 would round to a four-digit number: go on to the next unit before that.
  while (unit < units.length - 1 && value >= base - 0.5) {
    value /= base
    unit += 1
  }
  const number = unit > 0 && value < 9.95 ? tenths() : whole()
  return `${number.format(value)} ${units[unit] ?? ''}`
}

/** Size of a file, in powers of 1000 as file managers show it: `253 MB`, `4.7 GB`. */
export function fileSize(bytes: number): string {
  return scaled(bytes, 1000, FILE_UNITS)
}

/** Memory, in powers of 1024 as task managers show it: `412 MiB`, `6.1 GiB`. */
export function memorySize(bytes: number): string {
  return scaled(bytes, 1024, MEMORY_UNITS)
}

/** Two sizes with one unit: `2.7 of 4.4 GB`; `of` is handed in. */
export function fileSizes(done: number, total: number, of: string): string {
  const [doneText, totalText] = [fileSize(done), fileSize(total)]
  const [doneNumber, doneUnit] = doneText.split(' ')
  const totalUnit = totalText.split(' ')[1]
  return doneUnit === totalUnit ? `${doneNumber} ${of} ${totalText}` : `${doneText} ${of} ${totalText}`
}
