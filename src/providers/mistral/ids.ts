// Ids of calls in the only form that the service takes: nine letters and digits.

const NINE = /^[a-zA-Z0-9]{9}$/
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The id as it is sent: one that the service made is kept, others become one that is always the same for them. */
export function nineCharacters(id = '', count = 0): string {
  if (NINE.test(id)) return id
  let rest = hash(id || `call ${count}`)
  let out = ''
  while (out.length < 9) {
    out += DIGITS.charAt(rest % DIGITS.length)
    rest = Math.floor(rest / DIGITS.length)
  }
  return out
}

/** 53 bits, which nine characters hold: two runs of FNV-1a (RFC 9923) from different beginnings. */
function hash(text: string): number {
  const high = fnv(text, 0x811c9dc5)
  return (high & 0x1fffff) * 2 ** 32 + fnv(text, Math.imul(high, 0x9e3779b1))
}

function fnv(text: string, basis: number): number {
  let value = basis
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  // What differs in the last characters only would differ in the last bits only.
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d)
  return (value ^ (value >>> 13)) >>> 0
}
