// What files are and what is in them: data URLs (RFC 2397), base64 (RFC 4648), names and first bytes.

/** The types of images that every service with eyes takes. */
export type ImageMedia = 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp'

/** Data with its media type, '' when nothing says it. */
export interface Data {
  readonly media: string
  readonly base64: string
}

/** Splits a data URL (RFC 2397); undefined when it is none, or not base64. */
export function dataUrl(url: string): Data | undefined {
  const match = /^data:([^;,]*)(?:;[^;,]*)*?;base64,/i.exec(url)
  if (!match) return undefined
  return { media: mediaName(match[1] ?? ''), base64: normal(url.slice(match[0].length)) }
}

/** Bare base64, which is met in the place of a data URL. */
export function bareData(text: string): Data {
  return { media: '', base64: normal(text) }
}

/** Base64 in the one form that the service takes: RFC 4648, section 4, with its padding. */
function normal(base64: string): string {
  const url = base64.includes('%') ? unescaped(base64) : base64
  const packed = url.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/')
  return packed.padEnd(Math.ceil(packed.length / 4) * 4, '=')
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export function isBase64(text: string): boolean {
  // In parts: the whole of a long text might be copied for it.
  for (let at = 0; at + PART < text.length; at += PART) {
    if (!/^[A-Za-z0-9+/]+$/.test(text.slice(at, at + PART))) return false
  }
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text.slice(Math.floor((text.length - 1) / PART) * PART))
}

function mediaName(declared: string): string {
  const media = declared.trim().toLowerCase()
  return media === 'image/jpg' ? 'image/jpeg' : media
}

const IMAGES: ReadonlySet<string> = new Set<ImageMedia>(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

export function isImage(media: string | undefined): media is ImageMedia {
  return media !== undefined && IMAGES.has(media)
}

/** How files begin. What a file is counts more than what it is called. */
const MAGIC: readonly (readonly [RegExp, string])[] = [
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^\x89PNG/, 'image/png'],
  [/^GIF8/, 'image/gif'],
  [/^RIFF....WEBP/s, 'image/webp'],
  [/^%PDF-/, 'application/pdf'],
]

/** The media type that the first bytes tell. */
export function sniff(base64: string): string | undefined {
  const head = bytesOf(base64.slice(0, 16))
  return head === undefined ? undefined : MAGIC.find(([start]) => start.test(head))?.[1]
}

function bytesOf(base64: string): string | undefined {
  try {
    return atob(base64)
  } catch {
    return undefined
  }
}

/** Text in UTF-8, or undefined when it is not base64. */
export function textIn(base64: string): string | undefined {
  const bytes = bytesOf(base64)
  return bytes === undefined
    ? undefined
    : new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)))
}

/** File names' endings, for data that does not say what it is. */
const ENDINGS: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  json: 'application/json',
  html: 'text/html',
  xml: 'application/xml',
  yaml: 'application/yaml',
  yml: 'application/yaml',
}

/** The media type that a file's name tells. */
export function mediaOf(filename: string | null | undefined): string | undefined {
  const ending = filename?.split('.').at(-1)?.toLowerCase() ?? ''
  return Object.hasOwn(ENDINGS, ending) ? ENDINGS[ending] : undefined
}

/** Whether a file of this type can be read as text. */
export function isText(media: string): boolean {
  return /^text\/|[/+](?:json|xml|yaml|x-yaml|javascript|x-ndjson)$/.test(media)
}

const SOUNDS: Readonly<Record<string, string>> = {
  aac: 'audio/aac',
  aiff: 'audio/aiff',
  flac: 'audio/flac',
  m4a: 'audio/mp4',
  mp3: 'audio/mpeg',
  mp4: 'audio/mp4',
  mpeg: 'audio/mpeg',
  mpga: 'audio/mpeg',
  oga: 'audio/ogg',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  wav: 'audio/wav',
  webm: 'audio/webm',
}

/** The media type of a recording that its file's name tells. */
export function soundOf(filename: string | undefined): string | undefined {
  const ending = filename?.split('.').at(-1)?.toLowerCase() ?? ''
  return Object.hasOwn(SOUNDS, ending) ? SOUNDS[ending] : undefined
}

/** A multiple of three, so that the parts of the text join, and few enough to be arguments of a call. */
const PART = 24_576

/** Bytes that come in pieces as base64, piece by piece: the texts join. */
export function* base64Of(pieces: Iterable<Uint8Array>): Generator<string> {
  let rest: Uint8Array = new Uint8Array(0)
  for (const piece of pieces) {
    const bytes = new Uint8Array(rest.length + piece.length)
    bytes.set(rest)
    bytes.set(piece, rest.length)
    const whole = bytes.length - (bytes.length % 3)
    for (let at = 0; at < whole; at += PART)
      yield btoa(String.fromCharCode(...bytes.subarray(at, Math.min(at + PART, whole))))
    rest = bytes.slice(whole)
  }
  if (rest.length > 0) yield btoa(String.fromCharCode(...rest))
}

/** The bytes of a base64 text. @throws when it is none. */
export function bytesIn(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
}
