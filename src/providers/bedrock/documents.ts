// Files as documents: their formats, and names within the service's rules.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
import { isText } from '../../hub/media.ts'
import type { DocumentFormat } from './wire.ts'

const MEDIA: Readonly<Record<string, DocumentFormat>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/markdown': 'md',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
}
const ENDINGS: ReadonlySet<string> = new Set<DocumentFormat>(['doc', 'docx', 'xls', 'xlsx'])

/** The format of a file by its media type, or by its name where that says nothing; undefined for no document. */
export function formatOf(media: string, filename: string | null | undefined): DocumentFormat | undefined {
  const known = Object.hasOwn(MEDIA, media) ? MEDIA[media] : undefined
  if (known) return known
  const ending = filename?.split('.').at(-1)?.toLowerCase() ?? ''
  const named = ENDINGS.has(ending)
  // Only these few endings are in the set.
  if (named && (media === '' || media === 'application/zip')) return ending as DocumentFormat
  return isText(media) ? 'txt' : undefined
}

/** Names of documents, each of them once in a request. */
export class Titles {
  readonly #taken = new Set<string>()

  /** A name of letters, digits, single spaces, hyphens and brackets, made of a file's. */
  of(filename: string | null | undefined): string {
    const clean = (filename ?? '')
      .replace(/\.[a-z\d]{1,5}$/i, '')
      .replace(/[^a-zA-Z0-9\s\-()[\]]/g, ' ')
      .replace(/\s+/g, ' ')
      .slice(0, MAX_NAME)
      .trim()
    const base = clean || 'document'
    let name = base
    for (let n = 2; this.#taken.has(name); n++) name = `${base} ${n}`
    this.#taken.add(name)
    return name
  }
}

/** The service takes 200, of which a number may need a few. */
const MAX_NAME = 190
