/** What works out a hash on this computer: the message as hexadecimal digits, turned into bytes, through SHA-256. */
export function command(message: string): string {
  return `printf '${message}' | xxd -r -p | sha256sum`
}
