// Efforts as a service names them that takes `reasoning_effort`, and knows other degrees than OpenAI.
import type { ChatFields } from '../../hub/request.ts'
import { clamped, dropped, type Lose, rows } from '../../hub/support.ts'
import type { Body, LikeFields, Plan } from './like.ts'
import { plain } from './rows.ts'

/** What is sent for an effort; efforts that it does not name are sent as they are. */
export type Degrees = Readonly<Record<string, string>>

const { map } = rows<Body, Plan>()

const NEAREST = clamped('The model has other degrees of effort.')
const NO_DEGREES = dropped('The model decides by itself how hard it thinks.')

/** The rows of both fields. @param of undefined for a model that cannot be told. */
export function degrees(
  of: (model: string) => Degrees | undefined,
): Pick<LikeFields, 'reasoning_effort' | 'reasoning'> {
  const sent = (effort: string, { model }: Plan, lose: Lose) => {
    const known = of(model)
    if (known === undefined) return lose(NO_DEGREES)
    const value = new Map(Object.entries(known)).get(effort) ?? effort
    if (value !== effort) lose(NEAREST, { sent: value })
    return { reasoning_effort: value }
  }
  const { reasoning } = plain
  return {
    reasoning_effort: map('reasoning_effort', sent, [NEAREST, NO_DEGREES]),
    reasoning: {
      ...reasoning,
      may: [...reasoning.may, NEAREST, NO_DEGREES],
      write: (value: NonNullable<ChatFields['reasoning']>, plan, lose) => {
        const effort = reasoning.write(value, plan, lose)?.reasoning_effort
        return typeof effort === 'string' ? sent(effort, plan, lose) : undefined
      },
    },
  }
}
