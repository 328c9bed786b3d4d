// Sources that stand beside the text, at the places where it names them: `[1]` is the first. The places are those in the
// text as the client gets it, whatever was cut off of it.
import type { Delta } from '../../hub/delta.ts'
import type { AnswerReader } from '../../hub/provider.ts'
import type { AnswerRules } from './like.ts'

type Found = ReturnType<NonNullable<AnswerRules['sources']>>

/** The sources of one answer: those of the last chunk that had any. */
export class Sources {
  readonly #rule: AnswerRules['sources']
  #found: Found = []
  #text = ''

  constructor({ sources }: AnswerRules) {
    this.#rule = sources
  }

  /** Looks for sources in a chunk. */
  see(chunk: unknown): void {
    const found = this.#rule?.(chunk) ?? []
    if (found.length > 0) this.#found = found
  }

  /** The deltas, and the citations of the first choice before its end. */
  cite(deltas: readonly Delta[]): readonly Delta[] {
    if (!this.#rule) return deltas
    return deltas.flatMap((delta) => {
      if (delta.type === 'text' && !delta.choice) this.#text += delta.text
      return delta.type === 'finish' && !delta.choice ? [...this.#citations(), delta] : [delta]
    })
  }

  /** The reader of the same answer with its citations. */
  cited(reader: AnswerReader): AnswerReader {
    if (!this.#rule) return reader
    return {
      framing: reader.framing,
      read: (frame, open) => [...this.cite(reader.read(frame, open))],
      end: () => [...this.cite(reader.end?.() ?? [])],
      get done() {
        return reader.done
      },
      next: undefined,
    }
  }

  /** In the order in which the text names them; sources that it does not name stand nowhere in it. */
  #citations(): Delta[] {
    const marks = [...this.#text.matchAll(/\[(\d{1,3})\]/g)].map((mark) => ({ place: Number(mark[1]) - 1, mark }))
    const unnamed = [...this.#found.keys()].filter((place) => !marks.some((one) => one.place === place))
    return [
      ...marks.flatMap(({ place, mark: { index, 0: text } }) => this.#citation(place, index, index + text.length)),
      ...unnamed.flatMap((place) => this.#citation(place, 0, 0)),
    ]
  }

  #citation(place: number, start: number, end: number): Delta[] {
    const source = this.#found[place]
    return source ? [{ type: 'citation', citation: { url: source.url, title: source.title, start, end } }] : []
  }
}
