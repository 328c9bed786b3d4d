// Traffic that others recorded between their clients and the providers. It lies outside the repository and is never
// copied into it: where the folder is absent, what reads it is skipped.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CORPUS, type Kind, servedBy } from '../../scripts/corpus-count.ts'
import type { Account } from '../../src/hub/provider.ts'

/** What a `case.json` says, as far as anything here asks. */
interface Described {
  readonly name: string
  readonly provider: string
  readonly kind: string
  readonly stream: boolean
  readonly status: number
  readonly contentType?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly model?: string | null
  readonly path?: string | null
  readonly responseFile: string
}

export interface Case {
  readonly name: string
  /** The gateway's name of the provider: folders may be named after services that another serves. */
  readonly provider: string
  /** As the provider names it. */
  readonly model: string
  /** Where the recorded request went: `/v2/chat`. */
  readonly path: string
  readonly stream: boolean
  readonly status: number
  readonly contentType: string
  /** The response's headers, as far as they were recorded, with its content type. */
  readonly headers: Headers
  /** The provider's answer, byte for byte. */
  readonly bytes: Uint8Array
  /** The native request, where it was recorded. */
  readonly request?: unknown
  /** The slot that the request goes to, where it has to say more than a credential. */
  readonly account?: Account
  /** Fields of the client's request that an answer like this one takes. */
  readonly asked?: Readonly<Record<string, unknown>>
}

type Indexed = Pick<Described, 'name' | 'provider' | 'kind' | 'stream'>

/** The cases of a folder, or of all; those of chat unless said. */
export function listed(folder?: string, kind: Kind = 'chat'): readonly Indexed[] {
  const index = join(CORPUS, 'index.json')
  if (!existsSync(index)) return []
  const all = JSON.parse(readFileSync(index, 'utf8')) as Indexed[]
  return all.filter((one) => one.kind === kind && (folder === undefined || one.provider === folder))
}

/** The cases of a folder; those of chat unless said. */
export function casesOf(folder: string, kind: Kind = 'chat'): Case[] {
  return listed(folder, kind).map(load)
}

/** Streams in OpenAI's chat format from whoever speaks it: recordings of OpenAI's own are few. */
export function kindredStreams(folder: string): Case[] {
  return listed()
    .filter((one) => one.stream && one.provider !== folder)
    .map(load)
    .filter(({ status, bytes }) => status < 400 && /^data: ?\{.*"choices": ?\[/m.test(new TextDecoder().decode(bytes)))
}

function load({ provider: folder, name }: Indexed): Case {
  const at = join(CORPUS, folder, name)
  const described = JSON.parse(readFileSync(join(at, 'case.json'), 'utf8')) as Described
  const { stream, status, model, path, responseFile } = described
  const bytes = new Uint8Array(readFileSync(join(at, responseFile)))
  const streamed = stream && status < 400
  const contentType = described.contentType ?? (streamed ? 'text/event-stream' : 'application/json')
  const headers = new Headers({ ...described.headers, 'content-type': contentType })
  const known = { name, provider: servedBy(folder), model: model ?? 'any', path: path ?? '' }
  const asked = join(at, 'request.json')
  const request: unknown = existsSync(asked) ? JSON.parse(readFileSync(asked, 'utf8')) : undefined
  return { ...known, stream: streamed, status, contentType, headers, bytes, request }
}
