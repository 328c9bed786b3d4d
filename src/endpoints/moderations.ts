// POST /v1/moderations: https://platform.openai.com/docs/api-reference/moderations/create
import {
  DEFAULT_MODEL,
  inputsOf,
  type ModerationFields,
  moderationRequestOf,
  resultOf,
  type Verdicts,
} from '../hub/moderations.ts'
import { unlike } from '../hub/task.ts'
import { type Form, taskEndpoint } from './task.ts'

export const form: Form<ModerationFields, Verdicts> = {
  name: 'moderations',
  of: (provider) => provider.moderations,
  read: moderationRequestOf,
  model: DEFAULT_MODEL,
  text: 'input',
  answer: (parts, { fields }, { id, model }) => {
    const verdicts = parts.flatMap((part) => part.verdicts)
    const inputs = inputsOf(fields)
    if (verdicts.length !== inputs.length) throw unlike(`verdict on each of ${inputs.length} inputs`)
    return {
      id: parts.find((part) => part.id)?.id ?? `modr-${id}`,
      model,
      results: verdicts.map((verdict, i) => resultOf(verdict, typesOf(inputs[i]))),
    }
  },
}

export const moderations = taskEndpoint(form)

function typesOf(input: ReturnType<typeof inputsOf>[number] | undefined): string[] {
  if (typeof input !== 'object') return ['text']
  return [...new Set(input.map(({ type }) => (type === 'text' ? 'text' : 'image')))]
}
