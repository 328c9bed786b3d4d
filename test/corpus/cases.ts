// Traffic that others recorded between their clients and the providers. It lies outside the repository and is never
// copied into it: where the folder is absent, what reads it is skipped.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A second set of the same make-up can be read by naming its folder. */
const CORPUS = process.env.CORPUS ?? join(import.meta.dirname, '../../../shared/corpus')

/** What a `case.json` says, as far as anything here asks. */
interface Described {
  readonly name: string
  readonly provider: string
  readonly kind: string
  readonly stream: boolean
  readonly status: number
  readonly contentType?: string
  readonly responseFile: string
}

export interface Case {
  readonly name: string
  readonly provider: string
  readonly stream: boolean
  readonly status: number
  readonly contentType: string
  /** The provider's answer, byte for byte. */
  readonly bytes: Uint8Array
}

type Indexed = Pick<Described, 'name' | 'provider' | 'kind' | 'stream'>

/** The names of a provider's chat cases, or of everybody's. */
export function listed(provider?: string): readonly Indexed[] {
  const index = join(CORPUS, 'index.json')
  if (!existsSync(index)) return []
  const all = JSON.parse(readFileSync(index, 'utf8')) as Indexed[]
  return all.filter((one) => one.kind === 'chat' && (provider === undefined || one.provider === provider))
}

/** A provider's chat cases. */
export function casesOf(provider: string): Case[] {
  return listed(provider).map(load)
}

/** Streams in OpenAI's chat format from whoever speaks it: recordings of OpenAI's own are few. */
export function kindredStreams(provider: string): Case[] {
  return listed()
    .filter((one) => one.stream && one.provider !== provider)
    .map(load)
    .filter(({ status, bytes }) => status < 400 && /^data: ?\{.*"choices": ?\[/m.test(new TextDecoder().decode(bytes)))
}

function load({ provider, name }: Indexed): Case {
  const folder = join(CORPUS, provider, name)
  const described = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as Described
  const { stream, status, responseFile } = described
  const bytes = new Uint8Array(readFileSync(join(folder, responseFile)))
  const streamed = stream && status < 400
  const contentType = described.contentType ?? (streamed ? 'text/event-stream' : 'application/json')
  return { name, provider, stream: streamed, status, contentType, bytes }
}
