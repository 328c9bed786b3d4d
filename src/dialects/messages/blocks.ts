// Deltas as the blocks of a message: one is open at a time, they count from 0, and none is opened again.
import type { Citation, Delta, Extra } from '../../hub/delta.ts'
import { jsonIn } from '../../hub/json.ts'
import type { BlockDelta, ContentBlock, MessagesEvent } from './events.ts'
import { NATIVE, type Sealed, seal } from './seal.ts'
import { Sources } from './sources.ts'

type Of<T extends Delta['type']> = Extract<Delta, { type: T }>
/** What a block is made of. */
type Piece = Of<'text' | 'reasoning' | 'signature' | 'encrypted' | 'tool' | 'arguments'>

type Open =
  | { readonly kind: 'text' }
  /** A thought, or what of one nobody may see: what stands beside its text is said when it ends. */
  | { readonly kind: 'thinking' | 'hidden'; sealed: Sealed & { readonly index: number } }
  | { readonly kind: 'tool'; readonly index: number; arguments: string }

interface Naming {
  /** The name of a call that has none. */
  readonly idOf: (tool: { readonly id: string; readonly index: number }) => string
  /** Thoughts are not shown: their text is sealed with the rest. */
  readonly omitted: boolean
}

export class Blocks {
  readonly #naming: Naming
  #index = -1
  #open: Open | undefined
  /** What belongs to later blocks, while a call's arguments are not whole: services may mix those of several. */
  #waiting: Piece[] = []
  readonly #sources = new Sources()
  /** What calls, or the message (''), bring along for the way back. */
  readonly #extras = new Map<string, Extra>()
  /** Those that came as the provider's own reasoning, too. */
  readonly #sealed = new Set<string>()
  #spoke = false
  #called = false
  #untold = false

  constructor(naming: Naming) {
    this.#naming = naming
  }

  say(piece: Piece): MessagesEvent[] {
    if (piece.type === 'tool' && piece.extra) this.#extras.set(this.#naming.idOf(piece), piece.extra)
    if (piece.type === 'encrypted') this.#sealed.add(piece.id ?? '')
    if (this.#belongs(piece)) {
      const out = this.#grow(piece)
      return this.#waiting.length > 0 && this.#isWhole() ? [...out, ...this.#release()] : out
    }
    if (this.#waiting.length > 0 || !this.#isWhole()) {
      this.#waiting.push(piece)
      return []
    }
    return this.#begin(piece)
  }

  /** What belongs to the message as a whole. */
  keep(extra: Extra): void {
    this.#extras.set('', extra)
  }

  /** A source of what is being said, or will be. False where the block that it stands in is closed. */
  cite(citation: Citation): boolean {
    return this.#sources.add(citation, this.#open?.kind === 'text')
  }

  /** How many sources were told of text that did not come. */
  get unused(): number {
    return this.#sources.left
  }

  /** Whether something that the provider might want back was left out, see `end`. */
  get untold(): boolean {
    return this.#untold
  }

  /**
   * No more comes. Many clients take the last block for the answer: what a provider seals behind its text is sent only
   * where a call was made, for which providers demand it back.
   */
  end(): MessagesEvent[] {
    const out: MessagesEvent[] = []
    for (const piece of this.#waiting.splice(0))
      out.push(...(this.#belongs(piece) ? this.#grow(piece) : this.#begin(piece)))
    const answered = this.#spoke && !this.#called
    if (answered && this.#open?.kind === 'hidden' && this.#open.sealed.format !== NATIVE) {
      this.#open = undefined
      this.#untold = true
    }
    out.push(...this.#close())
    for (const [id, extra] of this.#extras) {
      if (this.#sealed.has(id)) continue
      if (answered) {
        this.#untold = true
        continue
      }
      out.push(...this.#whole({ type: 'redacted_thinking', data: seal({ format: 'extra', ...(id && { id }), extra }) }))
    }
    this.#extras.clear()
    return out
  }

  #release(): MessagesEvent[] {
    return this.#waiting.splice(0).flatMap((piece) => this.say(piece))
  }

  #belongs(piece: Piece): boolean {
    const open = this.#open
    switch (piece.type) {
      case 'text':
        return open?.kind === 'text'
      case 'tool':
        return false
      case 'arguments':
        return open?.kind === 'tool' && open.index === piece.index
      default: {
        if (open?.kind !== 'thinking' && open?.kind !== 'hidden') return false
        const { sealed } = open
        return (
          sealed.index === piece.index &&
          sealed.format === piece.format &&
          (open.kind === 'thinking' || piece.type === 'encrypted')
        )
      }
    }
  }

  /** Another block may begin. */
  #isWhole(): boolean {
    return this.#open?.kind !== 'tool' || (this.#open.arguments !== '' && jsonIn(this.#open.arguments) !== undefined)
  }

  #begin(piece: Piece): MessagesEvent[] {
    const out = this.#close()
    const start = (open: Open, content_block: ContentBlock) => {
      this.#open = open
      out.push({ type: 'content_block_start', index: ++this.#index, content_block })
      out.push(...this.#grow(piece))
    }
    switch (piece.type) {
      case 'text':
        if (piece.text === '') return out
        this.#spoke = true
        this.#sources.begin()
        start({ kind: 'text' }, { type: 'text', text: '' })
        return out
      case 'tool': {
        const { index, name } = piece
        this.#called = true
        start(
          { kind: 'tool', index, arguments: '' },
          { type: 'tool_use', id: this.#naming.idOf(piece), name, input: {} },
        )
        return out
      }
      case 'arguments':
        // Of a call that is closed, which was whole: nothing of it is missing.
        return out
      case 'encrypted': {
        this.#open = { kind: 'hidden', sealed: { format: piece.format, index: piece.index } }
        return [...out, ...this.#grow(piece)]
      }
      default:
        start(
          { kind: 'thinking', sealed: { format: piece.format, index: piece.index } },
          { type: 'thinking', thinking: '', signature: '' },
        )
        return out
    }
  }

  #grow(piece: Piece): MessagesEvent[] {
    const open = this.#open
    const index = this.#index
    switch (piece.type) {
      case 'text':
        if (piece.text === '') return []
        this.#sources.say(piece.text)
        return [delta(index, { type: 'text_delta', text: piece.text })]
      case 'arguments':
        if (open?.kind !== 'tool' || piece.text === '') return []
        open.arguments += piece.text
        return [delta(index, { type: 'input_json_delta', partial_json: piece.text })]
      case 'tool':
        return []
      default:
        return open?.kind === 'thinking' || open?.kind === 'hidden' ? this.#think(open, piece) : []
    }
  }

  #think(open: Extract<Open, { sealed: Sealed }>, piece: Of<'reasoning' | 'signature' | 'encrypted'>): MessagesEvent[] {
    const { sealed } = open
    if (piece.type === 'signature') open.sealed = { ...sealed, signature: (sealed.signature ?? '') + piece.signature }
    else {
      const named = piece.id === undefined ? sealed : { ...sealed, id: piece.id }
      open.sealed = piece.type === 'encrypted' ? { ...named, data: (sealed.data ?? '') + piece.data } : named
    }
    if (piece.type !== 'reasoning') return []
    if (piece.summary) open.sealed = { ...open.sealed, summary: true }
    if (piece.text === '') return []
    if (this.#naming.omitted && piece.format !== NATIVE) {
      open.sealed = { ...open.sealed, text: (sealed.text ?? '') + piece.text }
      return []
    }
    return [
      { type: 'content_block_delta', index: this.#index, delta: { type: 'thinking_delta', thinking: piece.text } },
    ]
  }

  #close(): MessagesEvent[] {
    const open = this.#open
    this.#open = undefined
    if (!open) return []
    if (open.kind === 'hidden') {
      const { format, data = '' } = open.sealed
      return this.#whole({ type: 'redacted_thinking', data: format === NATIVE ? data : seal(open.sealed) })
    }
    const index = this.#index
    const stop: MessagesEvent = { type: 'content_block_stop', index }
    if (open.kind === 'text') {
      const cited = this.#sources.take()
      return [...cited.map((citation) => delta(index, { type: 'citations_delta', citation })), stop]
    }
    if (open.kind !== 'thinking') return [stop]
    const { sealed } = open
    const signature = sealed.format === NATIVE && sealed.signature !== undefined ? sealed.signature : seal(sealed)
    return [delta(index, { type: 'signature_delta', signature }), stop]
  }

  #whole(content_block: ContentBlock): MessagesEvent[] {
    const index = ++this.#index
    return [
      { type: 'content_block_start', index, content_block },
      { type: 'content_block_stop', index },
    ]
  }
}

function delta(index: number, said: BlockDelta): MessagesEvent {
  return { type: 'content_block_delta', index, delta: said }
}
