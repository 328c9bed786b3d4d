// POST /v1/audio/transcriptions and /v1/audio/translations: a form with a file, which is sent on while it comes in where
// that can be. https://platform.openai.com/docs/api-reference/audio
import { bytesOf } from '../answers.ts'
import { GatewayError, scrub } from '../hub/error.ts'
import { FORM_FIELDS, type FormRelay, type Hearing, type Transcriber, type Transcript } from '../hub/hearing.ts'
import { at, jsonIn } from '../hub/json.ts'
import { soundOf } from '../hub/media.ts'
import type { Binding } from '../keys/binding.ts'
import { type Route, routes } from '../keys/route.ts'
import type { Slot } from '../keys/slot.ts'
import type { Endpoint, Leg, Prepared } from '../leg.ts'
import { providerOf } from '../translate.ts'
import { Form } from './form.ts'
import { edited, isDefault, sends } from './form-edit.ts'
import { missing } from './missing.ts'
import { pass } from './pass.ts'
import { say, sayStream, type Wanted } from './transcript.ts'
import { usageIn } from './usage.ts'

/** What is left of a form is held where it is as little as this, so that the form can be sent again. */
const HELD_ANYWAY = 1024 * 1024

/** The event with which a stream is whole. */
const ENDS = ['transcript.text.done']

export function hear(task: Hearing): Endpoint {
  return async ({ binding, request }) => {
    const form = new Form(request) //                                      400 413
    const slot = onlySlot(binding)
    const early = slot !== undefined && takesEarly(slot, task)
    if (form.left > HELD_ANYWAY)
      await form.hold(({ model, file }) => model !== undefined || (early && file !== undefined))
    if (form.left <= HELD_ANYWAY) await form.hold()
    const late = form.model === undefined && slot ? new LateRoute(slot, binding) : undefined
    return {
      model: form.model ?? '',
      routes: late && [late],
      streams: !isDefault('stream', form.values.get('stream')?.[0] ?? ''),
      knows: (field) => FORM_FIELDS.some((name) => name === field),
      prepare: async (leg) => {
        const { hearing } = leg.target.provider
        if (!hearing) throw missing(leg.target, `audio ${task}`)
        return 'path' in hearing ? relayed(leg, task, form, hearing, late) : translated(leg, task, form, hearing)
      },
    }
  }
}

/** The one slot of a key, where every name is one of its models. */
function onlySlot({ slots }: Binding): Slot | undefined {
  const [only] = slots.size === 1 ? slots.values() : []
  return only
}

/** The provider can be sent a form before its model is known. */
function takesEarly(slot: Slot, task: Hearing): boolean {
  const { hearing } = providerOf({ slot })
  return (
    hearing !== undefined && 'path' in hearing && !hearing.named?.(slot) && hearing.path(task, '', slot) !== undefined
  )
}

/** The way to a key's only slot, before the model is known. */
class LateRoute implements Route {
  readonly slot: Slot
  readonly #binding: Binding
  #found: Route | undefined

  /** @throws GatewayError the slot's own fault. */
  constructor(slot: Slot, binding: Binding) {
    if (slot.fault) throw slot.fault
    this.slot = slot
    this.#binding = binding
  }

  get model(): string {
    return this.#found?.model ?? ''
  }

  get name(): string {
    return this.#found?.name ?? `${this.slot.name}/`
  }

  /** @throws GatewayError 404 for a model that the key has not. */
  find(model: string): string {
    this.#found = routes(this.#binding, model)[0]
    return this.#found.model
  }
}

/** The provider takes the form itself. */
async function relayed(
  leg: Leg,
  task: Hearing,
  form: Form,
  relay: FormRelay,
  late: LateRoute | undefined,
): Promise<Prepared> {
  const { target, ledger, traffic } = leg
  const { table } = relay
  const path = relay.path(task, target.route.model, target.route.slot)
  if (path === undefined) throw missing(target, `audio ${task}`)
  // What would be lost behind the file must be known before anything is sent.
  if (ledger.strict && losesAny(relay)) await form.hold()
  const { upload, values } = edited(form, table, ledger, (model) => late?.find(model) ?? target.route.model)
  const sent = { path, headers: {}, body: upload, streams: false }
  const go = async () => {
    const response = await target.send(sent)
    if (late) traffic.journey.note({ route: scrub(late.name) })
    return answered(leg, response, relay, values)
  }
  return { calls: 1, sends: [sent], go }
}

function losesAny({ table }: FormRelay): boolean {
  return Object.values(table).some(({ kind, may }) => kind !== 'full' || may.length > 0)
}

async function answered(
  leg: Leg,
  response: Response,
  relay: FormRelay,
  values: ReadonlyMap<string, string>,
): Promise<Response> {
  const wanted = wantedIn((name) => values.get(name))
  const made = madeHere(relay, wanted)
  if (made) return say(leg, transcriptIn(await bytesOf(response, leg.traffic.times.idleMs)), wanted)
  const streams = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '')
  if (streams && relay.event) return sayStream(leg, response, relay.event)
  return pass(leg, response, ENDS)
}

/** The table took out of the form what the client asked for: the gateway makes it of the JSON. */
function madeHere({ table }: FormRelay, { format, stream }: Wanted): boolean {
  const loses = (name: 'response_format' | 'stream', value: string) =>
    table[name].sends(value, () => undefined) !== value
  return (stream && loses('stream', 'true')) || (format !== 'json' && loses('response_format', format))
}

function transcriptIn(bytes: Uint8Array): Transcript {
  const value = jsonIn(new TextDecoder().decode(bytes))
  const text = at(value, 'text')
  if (typeof text !== 'string') throw new GatewayError('upstream_error', 'The provider sent an answer without a text.')
  return { text, usage: usageIn(value) }
}

function wantedIn(said: (name: string) => string | undefined): Wanted {
  const stream = said('stream') ?? ''
  return { format: said('response_format') || 'json', stream: !isDefault('stream', stream) }
}

/** The provider hears in a language of its own, and gets the recording whole. */
async function translated(leg: Leg, task: Hearing, form: Form, hearing: Transcriber): Promise<Prepared> {
  const { target, ledger, traffic } = leg
  await form.hold()
  const fields = new Map<string, string[]>()
  const send = sends(hearing.table, ledger)
  for (const [name, values] of form.values) {
    if (name === 'model') continue
    if (!FORM_FIELDS.some((one) => one === name)) {
      ledger.add({ path: name, kind: 'dropped', reason: 'No such field upstream.' })
      continue
    }
    const sent = values.filter((value) => !isDefault(name, value)).flatMap((value) => send(name, value) ?? [])
    if (sent.length > 0) fields.set(name, sent)
  }
  const recording = { task, fields, ...fileOf(form) }
  const call = hearing.encode(recording, { model: target.route.model, account: target.route.slot, ledger })
  const sent = { path: call.path, headers: {}, body: call.body, streams: false }
  const go = async () => {
    const response = await target.send(sent)
    const bytes = await bytesOf(response, traffic.times.idleMs)
    return say(
      leg,
      call.read(bytes, response.headers),
      wantedIn((name) => form.values.get(name)?.[0]),
    )
  }
  return { calls: 1, sends: [sent], go }
}

const SOUND = /^(?:audio|video)\/[\w.+-]+$/

/** The file of a form that is held whole. */
function fileOf(form: Form): { readonly media: string; readonly pieces: readonly Uint8Array[]; readonly size: number } {
  const pieces = form.pieces()
  const { filename, type = '' } = form.file ?? {}
  const said = type.replace(/;.*/s, '').trim().toLowerCase()
  const media = SOUND.test(said) ? said : (soundOf(filename) ?? '')
  const size = pieces.reduce((sum, { length }) => sum + length, 0)
  if (size === 0) throw new GatewayError('invalid_value', "Invalid 'file': it is empty.", { param: 'file' })
  if (!SOUND.test(media)) {
    throw new GatewayError('invalid_value', "Invalid 'file': neither its type nor its name says what sound it is.", {
      param: 'file',
    })
  }
  return { media, pieces, size }
}
