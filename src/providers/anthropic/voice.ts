// What of a model's text is the answer.
import type { Edit } from '../../hub/edit.ts'
import { JsonText, type Opening } from '../../hub/json-answer.ts'

export interface Voice extends Edit {
  /** The answer comes by another way. */
  hush?(): void
}

/** @param byTool a tool carries the JSON, so that text is only what the model says beside it. */
export function voiceFor(opens: Opening, byTool: boolean): Voice {
  if (byTool) return new Aside()
  return opens === undefined ? plain : new JsonText(opens)
}

const plain: Voice = { say: (text) => text, release: () => '' }

/** Holds text back until it is known whether the JSON comes. */
class Aside implements Voice {
  #held = ''
  #hushed = false

  say(text: string): string {
    this.#held += text
    return ''
  }

  release(): string {
    const held = this.#hushed ? '' : this.#held
    this.#held = ''
    return held
  }

  hush(): void {
    this.#hushed = true
  }
}
