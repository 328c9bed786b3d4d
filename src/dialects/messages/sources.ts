// Sources of what is said. They are said when the block ends that they stand in, because some come before their text.
import type { Citation } from '../../hub/delta.ts'
import type { WebCitation } from './events.ts'

export class Sources {
  /** All text so far. */
  #text = ''
  /** Where in it the last block begins. */
  #from = 0
  #waiting: Citation[] = []

  /** A block of text begins. */
  begin(): void {
    this.#from = this.#text.length
  }

  say(text: string): void {
    this.#text += text
  }

  /** @param open whether the last block can still have it. @returns false where no block can. */
  add(citation: Citation, open: boolean): boolean {
    const said = citation.start < this.#text.length
    if (said && !(open && citation.start >= this.#from)) return false
    this.#waiting.push(citation)
    return true
  }

  /** Those of the text so far. */
  take(): WebCitation[] {
    const own = this.#waiting.filter(({ start }) => start < this.#text.length)
    this.#waiting = this.#waiting.filter(({ start }) => start >= this.#text.length)
    return own.map((source) => webCitation(source, this.#text))
  }

  /** How many of them are of text that has not come. */
  get left(): number {
    return this.#waiting.length
  }
}

/** @param text of the whole answer, in which the citation counts. */
export function webCitation({ url, title, start, end }: Citation, text: string): WebCitation {
  return { type: 'web_search_result_location', url, title, encrypted_index: '', cited_text: text.slice(start, end) }
}
