/** How the person can open the store, by what keeps it closed. */
export type Way = 'keyring' | 'give' | 'choose' | 'none'

const WAYS: Readonly<Record<string, Way>> = {
  'keyring.locked': 'keyring',
  'keyring.timed_out': 'keyring',
  'keyring.passphrase_needed': 'give',
  'keyring.wrong_passphrase': 'give',
  'keyring.no_service': 'choose',
  'keyring.not_working': 'choose',
  'keyring.weak_passphrase': 'choose',
}

/** `code` is the newest fault, `first` the one that closed the store; a fault that says nothing about the way keeps it. */
export function wayIn(code: string, first: string): Way {
  // A wrong or short passphrase belongs to the form that is on the screen already.
  const known = code === 'keyring.wrong_passphrase' || code === 'keyring.weak_passphrase' ? first : code
  return WAYS[known] ?? WAYS[first] ?? 'none'
}

/** Whether these faults belong to a closed store rather than to what was asked. */
export function closesStore(code: string): boolean {
  return code.startsWith('keyring.') || code.startsWith('store.')
}
