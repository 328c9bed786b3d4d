// What an answer needs to know of its request: how it is called, and what stands before each text.
import type { CompletionFields } from '../../../schemas/completions.ts'
import type { Delta } from '../../hub/delta.ts'
import type { AnswerContext } from '../../hub/dialect.ts'
import type { Loss } from '../../hub/loss.ts'
import { promptsOf } from './request.ts'

export interface Asked {
  /** The prompt of a choice, where it is a text. */
  promptOf(choice: number): string
  /** The gateway itself puts the prompt before the text. */
  readonly echoes: boolean
  /** The provider repeats the prompt, so that its first token is the prompt's. */
  readonly echoed: boolean
}

export function askedOf({ request }: AnswerContext): Asked {
  const body: Partial<CompletionFields> = request.origin?.body ?? {}
  const prompts = promptsOf(body)
  const echoed = request.extras.echo === true
  return {
    promptOf: (choice) => {
      const prompt = prompts[Math.floor(choice / (body.n ?? 1))]
      return typeof prompt === 'string' ? prompt : ''
    },
    echoes: body.echo === true && !echoed,
    echoed,
  }
}

/** One id for an answer and all its chunks, in OpenAI's form; the gateway's own where the provider gave none. */
export function answerId(given: string, { id: own = '' }: AnswerContext): string {
  const id = given || own
  return id.startsWith('cmpl-') ? id : `cmpl-${id}`
}

/** A completion is text: whatever else a model says has no place in it. */
export function lossOf({ type, choice = 0 }: { readonly type: Delta['type']; readonly choice?: number }): Loss {
  return { path: `choices[${choice}].${type}`, kind: 'dropped', reason: 'A completion has no place for it.' }
}
