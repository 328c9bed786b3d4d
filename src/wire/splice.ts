// Changes one member of a JSON object's text and not a byte beside it: re-serialising would rewrite numbers and escapes.

/**
 * The text with the value of a top-level key replaced, each time it is there: the last one counts for JSON.parse, but
 * the first one may for whoever reads it next. A value that is no string is left alone.
 * @param json an object that JSON.parse has accepted.
 * @param value the new value, as JSON.
 */
export function spliceValue(json: string, key: string, value: string): string {
  const strings = membersOf(json, key).filter(({ from }) => json.charCodeAt(from) === QUOTE)
  return replaced(json, strings, () => value)
}

/** The same for a value of any kind; where the key is not there, it becomes the object's last. */
export function setMember(json: string, key: string, value: string): string {
  const members = membersOf(json, key)
  if (members.length > 0) return replaced(json, members, () => value)
  const end = json.lastIndexOf('}')
  const comma = json.slice(0, end).trimEnd().endsWith('{') ? '' : ','
  return `${json.slice(0, end)}${comma}${JSON.stringify(key)}:${value}${json.slice(end)}`
}

/** The text without a top-level key, each time it is there, and without the comma that went with it. */
export function removeMember(json: string, key: string): string {
  const spans = membersOf(json, key).map(({ key: start, to: end }) => {
    const before = /,\s*$/.exec(json.slice(0, start))
    if (before) return { from: before.index, to: end }
    const after = /^\s*,\s*/.exec(json.slice(end))
    return { from: start, to: end + (after?.[0].length ?? 0) }
  })
  return replaced(json, spans, () => '')
}

interface Span {
  readonly from: number
  readonly to: number
}

function replaced(json: string, spans: readonly Span[], by: () => string): string {
  let out = ''
  let kept = 0
  for (const { from, to } of spans) {
    out += json.slice(kept, from) + by()
    kept = to
  }
  return out + json.slice(kept)
}

/** Where the values of a top-level key stand, and where each key begins. */
function membersOf(json: string, key: string): (Span & { readonly key: number })[] {
  const members: (Span & { readonly key: number })[] = []
  let depth = 0
  for (let i = 0; i < json.length; i++) {
    const char = json.charCodeAt(i)
    if (char === OPEN_BRACE || char === OPEN_BRACKET) depth++
    else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) depth--
    else if (char === QUOTE) {
      const end = stringEnd(json, i)
      const colon = depth === 1 ? skipSpace(json, end) : -1
      let next = end
      if (colon !== -1 && json.charCodeAt(colon) === COLON && JSON.parse(json.slice(i, end)) === key) {
        const from = skipSpace(json, colon + 1)
        next = valueEnd(json, from)
        members.push({ key: i, from, to: next })
      }
      i = next - 1
    }
  }
  return members
}

/** The place behind the value that begins at `from`. */
function valueEnd(json: string, from: number): number {
  let depth = 0
  let at = from
  do {
    const char = json.charCodeAt(at)
    if (char === QUOTE) at = stringEnd(json, at)
    else {
      if (char === OPEN_BRACE || char === OPEN_BRACKET) depth++
      else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) depth--
      at++
    }
    if (depth === 0 && (char === QUOTE || char === CLOSE_BRACE || char === CLOSE_BRACKET || isEnd(json.charCodeAt(at))))
      return at
  } while (at < json.length)
  return at
}

/** What a number or a word ends before. */
function isEnd(char: number): boolean {
  return char <= 32 || char === COMMA || char === CLOSE_BRACE || char === CLOSE_BRACKET
}

const COMMA = 44
const QUOTE = 34
const BACKSLASH = 92
const COLON = 58
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93

/** The place behind the string that begins at `from`. */
function stringEnd(json: string, from: number): number {
  for (let at = json.indexOf('"', from + 1); at !== -1; at = json.indexOf('"', at + 1)) {
    let slashes = 0
    while (json.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return at + 1
  }
  return json.length
}

function skipSpace(json: string, from: number): number {
  let at = from
  while (at < json.length && json.charCodeAt(at) <= 32) at++
  return at
}

/**
 * The same of bytes, as pieces in their order: those that stay are not copied.
 * @param json UTF-8.
 */
export function spliceBytes(json: Uint8Array, key: string, value: string): Uint8Array[] {
  const out: Uint8Array[] = []
  const decoder = new TextDecoder()
  // A byte-order mark is no part of the text.
  let kept = json[0] === 0xef && json[1] === 0xbb && json[2] === 0xbf ? 3 : 0
  let depth = 0
  for (let i = 0; i < json.length; i++) {
    const byte = json[i]
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--
    else if (byte === QUOTE) {
      const end = bytesEnd(json, i)
      const colon = depth === 1 ? skipBytes(json, end) : -1
      if (colon !== -1 && json[colon] === COLON && JSON.parse(decoder.decode(json.subarray(i, end))) === key) {
        const from = skipBytes(json, colon + 1)
        if (json[from] === QUOTE) {
          out.push(json.subarray(kept, from), new TextEncoder().encode(value))
          kept = bytesEnd(json, from)
        }
      }
      i = end - 1
    }
  }
  return [...out, json.subarray(kept)]
}

/** The place behind the string that begins at `from`. */
export function bytesEnd(json: Uint8Array, from: number): number {
  for (let at = json.indexOf(QUOTE, from + 1); at !== -1; at = json.indexOf(QUOTE, at + 1)) {
    let slashes = 0
    while (json[at - 1 - slashes] === BACKSLASH) slashes++
    if (slashes % 2 === 0) return at + 1
  }
  return json.length
}

/** The next place that is no white space. */
export function skipBytes(json: Uint8Array, from: number): number {
  let at = from
  while (at < json.length && (json[at] ?? 0) <= 32) at++
  return at
}
