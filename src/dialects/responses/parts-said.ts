// Items that have parts, as they grow: a message with what was said, reasoning with what was thought.
import type { Citation, Delta, TokenLogprob } from '../../hub/delta.ts'
import type { Events, Growing } from './events.ts'
import type { Json, OutputItem } from './object.ts'
import { Thought } from './thoughts.ts'

interface TextPart extends Json {
  readonly type: 'output_text'
  text: string
  readonly annotations: Json[]
  readonly logprobs: TokenLogprob[]
}
interface RefusalPart extends Json {
  readonly type: 'refusal'
  refusal: string
}

/** A text, and where it stands in all that was said, in UTF-16 units. */
interface Spoken {
  readonly part: TextPart
  readonly from: number
}

/** A message. */
export class Saying {
  readonly #events: Events
  readonly #item: OutputItem
  readonly #index: number
  readonly #content: (TextPart | RefusalPart)[] = []
  readonly #spoken: Spoken[] = []
  #grows: Growing | undefined
  /** How much text was said before what is said next. */
  #at: number
  /** Citations that have their place. */
  readonly #cited = new Set<Citation>()

  constructor(events: Events, item: OutputItem, index: number, at: number) {
    this.#events = events
    this.#item = item
    this.#index = index
    this.#at = at
    item.content = this.#content
  }

  say(text: string, tokens: readonly TokenLogprob[]): string {
    const [out, part, grows] = this.#part('output_text', () => {
      const made: TextPart = { type: 'output_text', text: '', annotations: [], logprobs: [] }
      this.#spoken.push({ part: made, from: this.#at })
      return made
    })
    part.text += text
    part.logprobs.push(...tokens)
    return text === '' && tokens.length === 0 ? out : out + this.#events.delta(grows, text, tokens)
  }

  refuse(text: string): string {
    const [out, part, grows] = this.#part('refusal', (): RefusalPart => ({ type: 'refusal', refusal: '' }))
    part.refusal += text
    return out + this.#events.delta(grows, text)
  }

  close(status: 'completed' | 'incomplete', citations: readonly Citation[]): string {
    const out = this.#closePart(citations)
    this.#item.status = status
    return out + this.#events.item('done', this.#index, this.#item)
  }

  /** Citations that came when the text they are of had ended: the answer as a whole has them. */
  cite(citations: readonly Citation[]): void {
    for (const { part, from } of this.#spoken) this.#place(part, from, citations, () => '')
  }

  #part<P extends TextPart | RefusalPart>(type: P['type'], make: () => P): [string, P, Growing] {
    const last = this.#content.at(-1)
    // The type says which of the two it is.
    if (last?.type === type && this.#grows) return ['', last as P, this.#grows]
    const before = this.#closePart([])
    const part = make()
    this.#content.push(part)
    const [added, grows] = this.#events.open(this.#item, this.#index, part, this.#content.length - 1)
    this.#grows = grows
    return [before + added, part, grows]
  }

  #closePart(citations: readonly Citation[]): string {
    const part = this.#content.at(-1)
    const grows = this.#grows
    if (!part || !grows) return ''
    this.#grows = undefined
    if (part.type === 'refusal') return this.#events.done(grows, part.refusal) + this.#events.close(grows, part)
    const { text, logprobs, annotations } = part
    const from = this.#spoken.find((one) => one.part === part)?.from ?? 0
    const cited = this.#place(part, from, citations, (annotation) =>
      this.#events.annotation(grows, annotations.length - 1, annotation),
    )
    this.#at = from + text.length
    return cited + this.#events.done(grows, text, logprobs) + this.#events.close(grows, part)
  }

  /** Puts the citations of a text to it. Their places are counted within it. */
  #place(
    { text, annotations }: TextPart,
    from: number,
    citations: readonly Citation[],
    tell: (annotation: Json) => string,
  ): string {
    let out = ''
    for (const citation of citations) {
      const { url, title, start, end } = citation
      if (this.#cited.has(citation) || start < from || start > from + text.length) continue
      this.#cited.add(citation)
      const place = { start_index: start - from, end_index: Math.min(end - from, text.length) }
      const annotation = { type: 'url_citation', ...place, url, title }
      annotations.push(annotation)
      out += tell(annotation)
    }
    return out
  }
}

type Block = Extract<Delta, { type: 'reasoning' | 'signature' | 'encrypted' }>
type ThoughtPart = Json & { readonly type: 'summary_text' | 'reasoning_text'; text: string }

/** A block of reasoning. */
export class Thinking {
  readonly index: number
  readonly #events: Events
  readonly #item: OutputItem
  readonly #place: number
  readonly #summarizes: boolean
  readonly #shows: boolean
  readonly #thought: Thought
  #part: ThoughtPart | undefined
  #grows: Growing | undefined

  /** @param summarizes the client asked for a summary: what there is stands where it looks for one. */
  constructor(events: Events, item: OutputItem, place: number, delta: Block, summarizes: boolean, shows: boolean) {
    this.index = delta.index
    this.#events = events
    this.#item = item
    this.#place = place
    this.#summarizes = summarizes
    this.#shows = shows
    this.#thought = new Thought(delta)
  }

  add(delta: Block): string {
    this.#thought.add(delta)
    if (delta.type !== 'reasoning') return ''
    let out = ''
    if (!this.#part || !this.#grows) {
      const summary = this.#summarizes || delta.summary === true
      const part: ThoughtPart = { type: summary ? 'summary_text' : 'reasoning_text', text: '' }
      const [added, grows] = this.#events.open(this.#item, this.#place, part, 0)
      this.#item[summary ? 'summary' : 'content'] = [part]
      this.#part = part
      this.#grows = grows
      out = added
    }
    this.#part.text += delta.text
    return out + this.#events.delta(this.#grows, delta.text)
  }

  close(): string {
    const [part, grows] = [this.#part, this.#grows]
    const said = part && grows ? this.#events.done(grows, part.text) + this.#events.close(grows, part) : ''
    const { sealed } = this.#thought
    this.#item.status = 'completed'
    const { encrypted_content: _none, ...seen } = this.#item
    if (sealed !== undefined) this.#item.encrypted_content = sealed
    return said + this.#events.item('done', this.#place, this.#shows ? this.#item : seen)
  }
}
