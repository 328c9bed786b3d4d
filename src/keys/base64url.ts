// Bytes as base64url without padding (RFC 4648 §5), the one spelling of bytes in keys and records.

export function toBase64url(bytes: Uint8Array): string {
  let text = ''
  // One by one: a key file has more bytes than a call may have arguments on every engine.
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/**
 * Reads bytes back; base64 with `+`, `/` and padding is read as well.
 * @throws DOMException if the text is neither.
 */
export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
}
