// Golden cases whose answer is a stream, as the laws about streams need them.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chat } from '../../src/dialects/index.ts'
import type { AnswerContext } from '../../src/hub/dialect.ts'
import { Ledger } from '../../src/hub/loss.ts'
import type { Call } from '../../src/hub/provider.ts'
import { providers } from '../../src/providers/index.ts'
import { accountOf, bytesOf, type Files, GIVEN, headOf, isChat, mediaFor, parts, streamIn } from '../case.ts'

const root = join(import.meta.dirname, '../cases')

export interface Streamed {
  readonly name: string
  readonly call: Call
  readonly head: Headers
  readonly context: AnswerContext
  readonly choices: number
  /** A clean end of the body may be the end of the answer. */
  readonly endsItself: boolean
  readonly binary: boolean
  /** The answer, and those that go on with it where it paused. */
  readonly bodies: readonly Uint8Array[]
  /** The same answer for a client that asked for no stream. */
  readonly whole: string | undefined
}

function filesIn(path: string): Files {
  return Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]))
}

/** The golden cases of a provider that is translated and streams. */
export function casesOf(provider: string): Streamed[] {
  const { chat: chatOf, relays } = providers.get(provider) ?? {}
  const folder = join(root, provider)
  if (!chatOf || relays?.('chat', 'any', { name: provider }) || !existsSync(folder)) return []
  return readdirSync(folder)
    .filter(isChat)
    .flatMap((name) => {
      const files = filesIn(join(folder, name))
      const given = Object.fromEntries(Object.entries(files).filter(([file]) => GIVEN.test(file)))
      const ending = streamIn(given)
      if (!ending || given['refused.json'] !== undefined || given['client.json'] === undefined) return []
      // What was used is a part of the answer, for who asks for it.
      const client = {
        ...JSON.parse(given['client.json']),
        stream: true,
        stream_options: { include_usage: true },
      }
      const request = chat.read(client)
      const model = request.fields.model.replace(`${provider}/`, '')
      const encoded = chatOf.encode(request, model, new Ledger(false), accountOf(given, provider))
      const call = encoded.needs?.with(mediaFor(encoded.needs.urls)) ?? encoded
      const head = headOf(given)
      return {
        name,
        call,
        head,
        endsItself: call.reader(head).end !== undefined,
        context: { request, created: 1_790_000_000, report: undefined },
        choices: request.fields.n ?? 1,
        binary: ending === '.events.json',
        bodies: parts(given, ending).map((text) => bytesOf(text, ending)),
        whole: files['chat.json'],
      }
    })
}
