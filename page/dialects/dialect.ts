// What the playground needs to know of a dialect: how a request is said in it, and what its answers say.

/** What the form says. */
export interface Ask {
  readonly model: string
  readonly system: string
  readonly turns: readonly Turn[]
  readonly temperature: number | undefined
  readonly limit: number | undefined
  readonly stream: boolean
  /** Tools in the dialect's own form. */
  readonly tools: readonly unknown[] | undefined
  /** Further fields, which go in as they are and before all others. */
  readonly more: Json
}

export interface Turn {
  readonly role: 'user' | 'assistant'
  readonly text: string
}

export type Json = Readonly<Record<string, unknown>>

/** One thing that an answer says. */
export interface Heard {
  readonly text?: string
  readonly reasoning?: string
  /** A part of a call: those with the same `id` belong together. */
  readonly call?: { readonly id: string; readonly name?: string; readonly arguments?: string }
  readonly finish?: string
  readonly usage?: Usage
  readonly losses?: readonly Loss[]
  readonly error?: Failure
  /** The dialect's end marker: what ends without one broke off. */
  readonly over?: true
}

export interface Usage {
  readonly input: number
  readonly output: number
}

export interface Loss {
  readonly path: string
  readonly kind: string
  readonly reason?: string
  readonly sent?: unknown
}

export interface Failure {
  readonly message: string
  readonly type?: string
  readonly code?: string
  readonly param?: string
}

/** How a program says the same, in a language. */
export interface Client {
  readonly package: string
  /** The import, up to the call. */
  readonly opening: (origin: string) => string
  readonly method: string
  /** Prints what is streamed (each `event`), and what comes at once (`answer`). */
  readonly streamed: string
  readonly whole: string
}

export interface Dialect {
  readonly name: string
  readonly label: string
  readonly path: string
  /** The fields that its official clients have parameters for. */
  readonly known: ReadonlySet<string>
  readonly tool: Json
  body(ask: Ask): Json
  /** One event of a stream, parsed; `[DONE]` is undefined. */
  event(data: unknown): readonly Heard[]
  /** A whole answer. */
  answer(body: unknown): readonly Heard[]
  readonly python: Client
  readonly typescript: Client
}

/** What stands at a path in a JSON value; undefined where there is nothing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[String(key)] : undefined), value)
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null
}

export const textAt = (value: unknown, ...path: readonly (string | number)[]): string | undefined => {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

export const listAt = (value: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

/** What of it is there. */
export function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const there = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(there) as { [K in keyof T]?: NonNullable<T[K]> }
}

/** An error's body in any dialect's form. */
export function failureIn(body: unknown): Failure | undefined {
  const error = at(body, 'error') ?? at(body, 'response', 'error')
  const message = textAt(error, 'message')
  if (message === undefined) return undefined
  return {
    message,
    ...present({ type: textAt(error, 'type'), code: textAt(error, 'code'), param: textAt(error, 'param') }),
  }
}

/** Counts under the names that a dialect gives them. */
export function usageIn(body: unknown, input: string, output: string): Heard[] {
  const usage = at(body, 'usage') ?? at(body, 'response', 'usage')
  const counts = { input: at(usage, input), output: at(usage, output) }
  if (typeof counts.output !== 'number') return []
  return [{ usage: { input: typeof counts.input === 'number' ? counts.input : 0, output: counts.output } }]
}

/** What `dragoman-report: ?1` adds to an answer. */
export function reported(body: unknown): Heard[] {
  const losses = listAt(body, 'dragoman', 'losses').flatMap((one): Loss[] => {
    const [path, kind, reason] = [textAt(one, 'path'), textAt(one, 'kind'), textAt(one, 'reason')]
    if (path === undefined || kind === undefined) return []
    return [{ path, kind, ...present({ reason }), ...(isObject(one) && 'sent' in one && { sent: one.sent }) }]
  })
  return losses.length > 0 ? [{ losses }] : []
}

/** The official clients of OpenAI, whose calls differ only in their names. */
export function openaiClients(
  method: string,
  says: { readonly [K in 'python' | 'typescript']: Pick<Client, 'streamed' | 'whole'> },
): { readonly python: Client; readonly typescript: Client } {
  return {
    python: {
      package: 'openai',
      opening: (origin) =>
        `import os\nfrom openai import OpenAI\n\nclient = OpenAI(base_url="${origin}/v1", api_key=os.environ["DRAGOMAN_KEY"])\n`,
      method,
      ...says.python,
    },
    typescript: {
      package: 'openai',
      opening: (origin) =>
        `import OpenAI from 'openai'\n\nconst client = new OpenAI({ baseURL: '${origin}/v1', apiKey: process.env.DRAGOMAN_KEY })\n`,
      method,
      ...says.typescript,
    },
  }
}
