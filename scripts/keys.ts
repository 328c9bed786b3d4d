// `npm run keys -- COMMAND`: the admin API from a shell, of a local gateway or of a deployed one.
// Environment: DRAGOMAN_URL, ADMIN_TOKEN; DRAGOMAN_DATA is where `npm start` kept its `.dev.vars`, if not here.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Gateway } from './admin.ts'
import { ROOT } from './build.ts'
import { parsed, run, UsageError } from './command.ts'
import { readVars } from './dev-vars.ts'
import { all, ask, type Json, Refused } from './keys/ask.ts'
import { BINDING_OPTIONS, type BindingValues, bindingFrom, secondsIn } from './keys/binding.ts'
import { details, ringOf, table } from './keys/print.ts'
import { type Command, HELP, OVERVIEW } from './keys/usage.ts'
import { gatewayFrom, type WhereValues } from './keys/where.ts'
import { plain, working } from './terminal.ts'

const { env } = process

const COMMON = {
  url: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  insecure: { type: 'boolean' },
  'dev-vars': { type: 'boolean' },
} as const

type Values = BindingValues &
  WhereValues & { readonly grace?: string; readonly json?: boolean; readonly help?: boolean }

async function main([name, ...args]: readonly string[]): Promise<undefined> {
  if (name === '--help' || name === '-h' || name === 'help') return void console.log(OVERVIEW)
  if (name === undefined || !Object.hasOwn(HELP, name)) {
    throw new UsageError(name === undefined ? OVERVIEW : `There is no such command.\n\n${OVERVIEW}`)
  }
  const command = name as Command
  const options = { ...COMMON, ...OPTIONS[command] }
  const { values: given, positionals } = parsed({ args, options, allowPositionals: true, allowNegative: true })
  // What `strict` has made sure of; the types do not follow a union of options.
  const values = given as Values
  if (values.help) return void console.log(HELP[command])
  const id = idIn(command, positionals)
  const work = plan(command, id, values)
  const devVars = () => readVars(join(env.DRAGOMAN_DATA ? resolve(env.DRAGOMAN_DATA) : ROOT, '.dev.vars'))
  const gateway = gatewayFrom(values, env, devVars)
  const { answer, text } = await working(`Asking ${gateway.url}`, work(gateway))
  console.log(values.json ? JSON.stringify(answer, null, 2) : text)
}

/** What a command prints: for programs, and for people. */
interface Printed {
  readonly answer: unknown
  readonly text: string
}
type Work = (gateway: Gateway) => Promise<Printed>

const OPTIONS = {
  create: BINDING_OPTIONS,
  update: BINDING_OPTIONS,
  rotate: { grace: { type: 'string' } },
  list: {},
  show: {},
  revoke: {},
  reseal: {},
} as const

const SHOWN_ONCE = 'Keep this key: it is shown once.'

/** Reads all that a command needs before anything is sent. */
function plan(command: Command, id: string, values: Values): Work {
  const sources = {
    env,
    now: Date.now(),
    readFile: (path: string) => readFileSync(path, 'utf8'),
    readStdin: () => readFileSync(0, 'utf8'),
  }
  switch (command) {
    case 'create': {
      const body = bindingFrom(values, false, sources)
      return async (gateway) => {
        const answer = await ask(gateway, 'POST', '', body)
        const next = `With it in DRAGOMAN_KEY:\ncurl -s ${gateway.url}/v1/models -H "authorization: Bearer $DRAGOMAN_KEY"`
        return { answer, text: `${details(answer)}\n\n${SHOWN_ONCE} ${next}` }
      }
    }
    case 'update': {
      const patch = bindingFrom(values, true, sources)
      if (Object.keys(patch).length === 0) throw new UsageError('Nothing to change was named: see update --help.')
      return async (gateway) => {
        const answer = await ask(gateway, 'PATCH', `/${id}`, patch)
        return { answer, text: `${details(answer)}\n\nChanged. Everywhere in force within about 90 s.` }
      }
    }
    case 'rotate': {
      const grace = values.grace === undefined ? undefined : secondsIn(values.grace)
      if (values.grace !== undefined && grace === undefined) throw new UsageError('--grace takes 0, 90m, 12h or 30d.')
      return async (gateway) => {
        const body = grace === undefined ? {} : { grace_seconds: grace }
        const answer = await ask(gateway, 'POST', `/${id}/rotate`, body)
        const until = answer.grace_until
        const old = typeof until === 'string' ? `The old one works until ${plain(until)}.` : 'The old one has ended.'
        return { answer, text: `${details(answer)}\n\n${SHOWN_ONCE} ${old}` }
      }
    }
    case 'show':
      return async (gateway) => {
        const answer = await ask(gateway, 'GET', `/${id}`)
        return { answer, text: details(answer) }
      }
    case 'revoke':
      return async (gateway) => {
        const answer = await ask(gateway, 'DELETE', `/${id}`)
        return { answer, text: `Revoked ${id}. It is refused within 30 s wherever it is in use.` }
      }
    case 'list':
      return async (gateway) => {
        const data = await all(gateway)
        const none = 'No keys yet. npm run keys -- create --help says how to make one.'
        return { answer: { data, has_more: false }, text: data.length > 0 ? table(data) : none }
      }
    case 'reseal':
      return async (gateway) => {
        const data: Json[] = []
        for (const { id: one } of await all(gateway)) {
          const resealed = await ask(gateway, 'PATCH', `/${String(one)}`, {}).catch(unlessGone)
          if (resealed) data.push(resealed)
        }
        return { answer: { data, has_more: false }, text: stillNeeded(data) }
      }
  }
}

/** The list may know a key for a moment longer than it lives. */
function unlessGone(error: unknown): undefined {
  if (!(error instanceof Refused) || error.status !== 404) throw error
}

function stillNeeded(keys: readonly Json[]): string {
  const newest = Math.max(...keys.flatMap(ringOf))
  const behind = keys.filter((key) => ringOf(key).some((version) => version < newest))
  const done = `The credentials of all keys (${keys.length}) are sealed under the newest version.`
  if (behind.length === 0) return `${done} No older version is needed by any of them.`
  return `${done}\nOlder versions are still needed until these keys have been rotated:\n\n${table(behind)}`
}

const WITH_ID: ReadonlySet<Command> = new Set(['show', 'update', 'rotate', 'revoke'])

function idIn(command: Command, positionals: readonly string[]): string {
  const [id, ...more] = positionals
  if (!WITH_ID.has(command)) {
    if (id !== undefined) throw new UsageError(`${command} takes options alone: see ${command} --help.`)
    return ''
  }
  // Not quoted: it may be a whole key, pasted by mistake.
  if (id === undefined || more.length > 0 || !/^key_[\w-]{16}$/.test(id)) {
    throw new UsageError(`${command} takes the id of one key: key_ and 16 characters, as list shows it.`)
  }
  return id
}

await run(main, { Refused: 1, Unreachable: 3 })
