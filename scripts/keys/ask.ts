// The admin API as the commands ask it: an answer, or one line on why there is none.
import { admin, type Gateway } from '../admin.ts'
import { plain } from '../terminal.ts'

export type Json = Readonly<Record<string, unknown>>

/** The gateway said no. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}
/** There is no gateway where it was looked for. */
class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

/** All keys, page by page. */
export async function all(gateway: Gateway): Promise<Json[]> {
  const keys: Json[] = []
  for (let after = ''; ; after = `&after=${String(keys.at(-1)?.id)}`) {
    const { data, has_more } = await ask(gateway, 'GET', `?limit=100${after}`)
    if (!Array.isArray(data)) throw new Unreachable(`What answers at ${gateway.url} is no Dragoman.`)
    keys.push(...data)
    if (has_more !== true || data.length === 0) return keys
  }
}

/**
 * One request to the admin API, and the JSON of its answer.
 * @throws Refused, Unreachable
 */
export async function ask(gateway: Gateway, method: string, path: string, body?: unknown): Promise<Json> {
  let answer: Response
  let text: string
  try {
    answer = await admin(gateway, method, path, body)
    text = await answer.text()
  } catch (error) {
    const { cause } = error as Error
    const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : ''
    throw new Unreachable(`Nothing answers at ${gateway.url}${why}. Is it running, and is --url right?`)
  }
  const json = objectIn(text)
  const error = json?.error as Json | undefined
  if (answer.ok && json) return json
  if (!error) throw new Unreachable(`What answers at ${gateway.url} is no Dragoman: status ${answer.status}.`)
  const about = [answer.status, error.code, error.param].filter((part) => part !== null && part !== undefined).join(' ')
  throw new Refused(answer.status, `Refused (${plain(about)}): ${plain(String(error.message))}`)
}

function objectIn(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Json) : undefined
  } catch {
    return undefined
  }
}
