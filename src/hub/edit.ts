// Answers whose text is edited on its way: what stands between a provider's reader and whoever reads it.
import type { Delta } from './delta.ts'
import type { AnswerReader } from './provider.ts'
import type { Usage } from './usage.ts'

/** What becomes of the text of one choice. The same text becomes the same, however it is cut. */
export interface Edit {
  /** The part of the text so far that can be said now. */
  say(text: string): string
  /** What was held back, now that no more text comes, or a call comes before it. */
  release(): string
  /** The choice ends here, whatever the model says after it. */
  readonly over?: boolean
  /** The stop sequence at which it ends. */
  readonly stop?: string
}

/**
 * The reader of an answer whose text is edited, and nothing else of it. When the edit has ended every choice the answer
 * is `done`, so that nobody waits for the rest, and its usage is what was told until then, or what `used` knows.
 * @param choices how many choices this one answer has.
 */
export function edited(reader: AnswerReader, make: () => Edit, choices = 1, used?: () => Usage): AnswerReader {
  const editor = new Editor(make, choices, used)
  // What is held back of an answer that fails or breaks off stays unsaid: it may have been no part of it.
  const edit = (deltas: readonly Delta[]) => {
    const out = editor.take(deltas)
    return reader.done ? [...out, ...editor.rest()] : out
  }
  return {
    framing: reader.framing,
    read: (frame, open) => (editor.over ? [] : edit(reader.read(frame, open))),
    end: () => (editor.over ? [] : edit(reader.end?.() ?? [])),
    get done() {
      return editor.over || reader.done
    },
    get next() {
      return editor.over ? undefined : reader.next
    },
  }
}

/** The same of a whole answer. */
export function editedDeltas(deltas: readonly Delta[], make: () => Edit, choices = 1): Delta[] {
  const editor = new Editor(make, choices)
  return [...editor.take(deltas), ...editor.rest()]
}

interface Choice {
  readonly edit: Edit
  /** How its deltas name it. */
  readonly place: { readonly choice?: number }
  calls: boolean
  finished: boolean
}

class Editor {
  readonly #make: () => Edit
  readonly #count: number
  readonly #used: (() => Usage) | undefined
  readonly #choices = new Map<number, Choice>()
  /** Every choice has its finish, the last one by the edit. */
  over = false

  constructor(make: () => Edit, count: number, used?: () => Usage) {
    this.#make = make
    this.#count = count
    this.#used = used
  }

  take(deltas: readonly Delta[]): Delta[] {
    const out: Delta[] = []
    for (const delta of deltas) {
      if (this.over) break
      this.#one(out, delta)
    }
    return out
  }

  /** What is held back of all choices. */
  rest(): Delta[] {
    const out: Delta[] = []
    for (const choice of this.#choices.values()) say(out, choice, choice.edit.release())
    return out
  }

  #one(out: Delta[], delta: Delta): void {
    switch (delta.type) {
      case 'usage':
      case 'loss':
      case 'ping':
      case 'error':
        out.push(delta)
        return
    }
    const choice = this.#choice(delta)
    if (choice.edit.over) return
    switch (delta.type) {
      case 'text':
        say(out, choice, choice.edit.say(delta.text))
        if (choice.edit.over) this.#cut(out, choice)
        return
      case 'tool':
      case 'finish':
        say(out, choice, choice.edit.release())
        choice.calls ||= delta.type === 'tool'
        choice.finished ||= delta.type === 'finish'
    }
    out.push(delta)
  }

  #cut(out: Delta[], choice: Choice): void {
    choice.finished = true
    this.over = [...this.#choices.values()].filter(({ finished }) => finished).length >= this.#count
    if (this.over && this.#used) out.push({ type: 'usage', usage: this.#used() })
    const { stop } = choice.edit
    const reason = choice.calls ? 'tool_calls' : 'stop'
    out.push({ type: 'finish', reason, ...(stop !== undefined && { stop }), ...choice.place })
  }

  #choice({ choice }: { readonly choice?: number }): Choice {
    const known = this.#choices.get(choice ?? 0)
    if (known) return known
    const place = choice === undefined ? {} : { choice }
    const made = { edit: this.#make(), place, calls: false, finished: false }
    this.#choices.set(choice ?? 0, made)
    return made
  }
}

function say(out: Delta[], { place }: Choice, text: string): void {
  if (text !== '') out.push({ type: 'text', text, ...place })
}
