// A binding, or a change to one, out of the options of a command line. Credentials come from where nobody else looks:
// the arguments of a process can be read by every other on the machine, and stay in the shell's history.
import { UsageError } from '../command.ts'

export const BINDING_OPTIONS = {
  name: { type: 'string' },
  provider: { type: 'string', multiple: true },
  slot: { type: 'string', multiple: true },
  model: { type: 'string', multiple: true },
  'default-provider': { type: 'string' },
  allow: { type: 'string', multiple: true },
  origin: { type: 'string', multiple: true },
  limit: { type: 'string', multiple: true },
  'limits-mode': { type: 'string' },
  timeout: { type: 'string', multiple: true },
  retries: { type: 'string' },
  'on-disconnect': { type: 'string' },
  expires: { type: 'string' },
  strict: { type: 'boolean' },
  file: { type: 'string' },
  clear: { type: 'string', multiple: true },
} as const

type Options = typeof BINDING_OPTIONS
/** The options as they were given. */
export type BindingValues = {
  readonly [K in keyof Options]?:
    | (Options[K] extends { multiple: true } ? string[] : Options[K]['type'] extends 'boolean' ? boolean : string)
    | undefined
}

/** Where credentials and files come from. */
export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** @throws if it cannot be read. */
  readonly readFile: (path: string) => string
  readonly readStdin: () => string
  /** Epoch milliseconds. */
  readonly now: number
}

type Json = Readonly<Record<string, unknown>>

/**
 * The body that options stand for.
 * @param patch whether fields may be taken away (`null`), as in a change they may
 * @throws UsageError, which never quotes what may be a credential.
 */
export function bindingFrom(values: BindingValues, patch: boolean, sources: Sources): Json {
  const { name, strict, retries, expires } = values
  const input = readings(sources)
  const base = values.file === undefined ? {} : objectIn(input(values.file))
  const flags = {
    ...(name !== undefined && { name }),
    ...(values['default-provider'] !== undefined && { default_provider: values['default-provider'] }),
    ...(values.allow && { allowed_models: values.allow }),
    ...(values.origin && { origins: values.origin }),
    ...(values['limits-mode'] !== undefined && { limits_mode: values['limits-mode'] }),
    ...(values['on-disconnect'] !== undefined && { on_disconnect: values['on-disconnect'] }),
    ...(retries !== undefined && { retries: numberIn(retries, '--retries') }),
    ...(expires !== undefined && { expires_at: timeIn(expires, sources.now) }),
    ...(strict !== undefined && { strict }),
  }
  const parts = [
    ...(values.provider ?? []).map((text) => slotFrom(text, sources.env, input)),
    ...(values.slot ?? []).map((text) => slotField(text, patch)),
    ...(values.model ?? []).map(alias),
    ...(values.limit ?? []).map((text) => numbered('limits', '--limit', text)),
    ...(values.timeout ?? []).map((text) => numbered('timeouts', '--timeout', text)),
    ...(values.clear ?? []).map((text) => cleared(text, patch)),
  ]
  return parts.reduce(overlay, overlay(base, flags))
}

/** One object laid over another. Null stays: in a merge patch it takes something away. */
function overlay(below: Json, above: Json): Json {
  const all = new Map(Object.entries(below))
  for (const [name, value] of Object.entries(above)) {
    const old = all.get(name)
    all.set(name, isObject(old) && isObject(value) ? overlay(old, value) : value)
  }
  return Object.fromEntries(all)
}

/** `SLOT[:PROVIDER][=CREDENTIAL]` */
function slotFrom(text: string, env: Sources['env'], input: (path: string) => string): Json {
  const [, slot, provider, from] = /^([A-Za-z0-9][\w.-]*)(?::([\w-]+))?(?:=(.*))?$/s.exec(text) ?? []
  if (slot === undefined) throw new UsageError('--provider takes SLOT[:PROVIDER][=CREDENTIAL].')
  const credential = from === undefined ? undefined : credentialFrom(from, slot, env, input)
  return { providers: { [slot]: { ...(provider && { provider }), ...(credential !== undefined && { credential }) } } }
}

function credentialFrom(from: string, slot: string, env: Sources['env'], input: (path: string) => string): unknown {
  if (from.startsWith('secret:')) return { secret: from.slice('secret:'.length) }
  if (from.startsWith('@')) {
    const text = input(from.slice(1)).trim()
    if (text === '') throw new UsageError(`The credential of slot '${slot}' is empty.`)
    return text
  }
  if (!/^[A-Z][A-Z0-9_]*$/.test(from)) {
    throw new UsageError(
      `--provider ${slot}=…: say where the credential is, never the credential itself: an environment variable (NAME), secret:NAME, or @PATH.`,
    )
  }
  const value = env[from]?.trim()
  // The name is not quoted: it may be a credential in capitals.
  if (!value) throw new UsageError(`--provider ${slot}=…: the environment has no variable of this name.`)
  return value
}

/** `SLOT.FIELD=VALUE` */
function slotField(text: string, patch: boolean): Json {
  const [, slot, field, value] =
    /^(.+)\.(base_url|region|project|location|account_id|api_version|organization)=(.*)$/s.exec(text) ?? []
  if (slot === undefined || field === undefined || (value === '' && !patch)) {
    throw new UsageError(
      '--slot takes SLOT.FIELD=VALUE; FIELD is base_url, region, project, location, account_id, api_version or organization.',
    )
  }
  return { providers: { [slot]: { [field]: value === '' ? null : value } } }
}

/** `ALIAS=MODEL[,MODEL…]` */
function alias(text: string): Json {
  const [name = '', targets = ''] = split(text)
  const models = targets.split(',').map((model) => model.trim())
  if (name === '' || models.includes('')) throw new UsageError('--model takes ALIAS=MODEL[,MODEL…].')
  return { models: { [name]: models.length === 1 ? models[0] : models } }
}

function numbered(field: string, option: string, text: string): Json {
  const [name = '', value] = split(text)
  if (name === '' || value === undefined) throw new UsageError(`${option} takes NAME=NUMBER.`)
  return { [field]: { [name]: numberIn(value, `${option} ${name}`) } }
}

/** `FIELD`, or one member of `limits`, `timeouts`, `models` or `providers`: all behind the first dot is its name. */
function cleared(text: string, patch: boolean): Json {
  if (!patch) throw new UsageError('--clear is for update: a new key has nothing to take away.')
  const [, field, member] = /^(\w+)(?:\.(.+))?$/s.exec(text) ?? []
  if (field === undefined) throw new UsageError('--clear takes FIELD or FIELD.NAME.')
  return { [field]: member === undefined ? null : { [member]: null } }
}

function split(text: string): [string, string?] {
  const at = text.indexOf('=')
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

function numberIn(text: string, option: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`${option}: expected a whole number.`)
  return Number(text)
}

/** A time from now on as RFC 3339; what is no such time is left for the gateway to judge. */
function timeIn(text: string, now: number): string {
  const seconds = /[a-z]$/.test(text) ? secondsIn(text) : undefined
  return seconds === undefined ? text : new Date(now + seconds * 1000).toISOString()
}

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }

/** Seconds out of `0`, `3600`, `90m`, `12h`, `30d`; undefined for anything else. */
export function secondsIn(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,9})([smhd]?)$/.exec(text) ?? []
  return digits === undefined ? undefined : Number(digits) * (UNITS[unit] ?? 1)
}

/** Reads files, and the standard input once. */
function readings({ readFile, readStdin }: Sources): (path: string) => string {
  let taken = false
  return (path) => {
    if (path === '-' && taken) throw new UsageError('The standard input can be read only once.')
    taken ||= path === '-'
    try {
      return path === '-' ? readStdin() : readFile(path)
    } catch {
      throw new UsageError(path === '-' ? 'The standard input cannot be read.' : `${path} cannot be read.`)
    }
  }
}

function objectIn(text: string): Json {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, which may hold credentials.
  }
  if (!isObject(value)) throw new UsageError('--file: expected a JSON object.')
  return value
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
