// A client's form as one target gets it: the same bytes, but for the model's name and for what the target does not take.
import { GatewayError } from '../hub/error.ts'
import { FORM_FIELDS, type FormTable } from '../hub/hearing.ts'
import type { Ledger } from '../hub/loss.ts'
import { teller } from '../hub/support.ts'
import { FormEditor } from '../wire/form-editor.ts'
import { piecesUpload, Upload } from '../wire/upload.ts'
import { absent, type Form, fieldOf, formed } from './form.ts'

/** A value at OpenAI's own default says nothing, so that nothing is lost with it. */
const DEFAULTS: Readonly<Record<string, (value: string) => boolean>> = {
  chunking_strategy: (value) => value === '',
  language: (value) => value === '',
  prompt: (value) => value === '',
  response_format: (value) => value === 'json' || value === '',
  stream: (value) => !/^(?:true|1)$/i.test(value),
  temperature: (value) => Number(value) === 0,
}

export function isDefault(name: string, value: string): boolean {
  return Object.hasOwn(DEFAULTS, name) && DEFAULTS[name]?.(value) === true
}

/** Sends a field's value on, as a table has it; undefined leaves it out. What no table names passes. */
export function sends(table: FormTable, ledger: Ledger): (name: string, value: string) => string | undefined {
  const told = new Set<string>()
  return (name, value) => {
    const known = FORM_FIELDS.find((field) => field === name)
    if (!known) return value
    const row = table[known]
    if (isDefault(name, value)) return row.kind === 'full' ? value : undefined
    const lose = teller(ledger, name)
    // Each item of a list is a field of its own; the list is lost once.
    return row.sends(value, (note, at) => {
      if (note.kind === 'rejected' || !told.has(name)) lose(note, at)
      told.add(name)
      return undefined
    })
  }
}

/** A form on its way to one target. */
export interface Edited {
  readonly upload: Upload
  /** The fields that went by. */
  readonly values: ReadonlyMap<string, string>
}

/**
 * @param modelOf the name that the target gets for the client's.
 * @throws GatewayError 400 for what is held and cannot be sent.
 */
export function edited(form: Form, table: FormTable, ledger: Ledger, modelOf: (model: string) => string): Edited {
  const values = new Map<string, string>()
  const send = sends(table, ledger)
  const editor = new FormEditor(form.boundary, {
    reads: ({ name }) => name !== 'file',
    value: (part, value) => {
      const name = fieldOf(part.name)
      if (name !== 'model') {
        values.set(name, value)
        return send(name, value)
      }
      if (values.has(name))
        throw new GatewayError('invalid_value', "'model' stands twice in the form.", { param: name })
      values.set(name, value)
      return modelOf(value)
    },
  })
  const before = form.held.flatMap((chunk) => formed(() => editor.feed(chunk)))
  async function* after(): AsyncGenerator<Uint8Array> {
    yield* before.splice(0)
    for await (const chunk of form.rest()) yield* formed(() => editor.feed(chunk))
    formed(() => editor.end())
    if (!form.file && !values.has('file')) throw absent('file')
    if (!values.has('model')) throw absent('model')
  }
  const upload = form.complete
    ? piecesUpload(form.type, before)
    : new Upload(form.type, after, { length: lengthOf(form, table, modelOf), again: false })
  return { upload, values }
}

/** What will have been sent, where nothing but the model's name changes. */
function lengthOf({ declared, model }: Form, table: FormTable, modelOf: (model: string) => string): number | undefined {
  const same = Object.values(table).every(({ kind, may }) => kind === 'full' && may.length === 0)
  if (declared === undefined || model === undefined || !same) return undefined
  const size = (text: string) => new TextEncoder().encode(text).length
  return declared - size(model) + size(modelOf(model))
}
