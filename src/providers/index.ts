// Every provider there is, one line each. After the look-up nobody says a provider's name.
import type { Provider } from '../hub/provider.ts'
import { anthropic } from './anthropic/index.ts'
import { cohere } from './cohere/index.ts'
import { openai } from './openai/index.ts'
import { openaiCompatible } from './openai-compatible/index.ts'

const ALL: readonly Provider[] = [openai, anthropic, openaiCompatible, cohere]

export const providers: ReadonlyMap<string, Provider> = new Map(ALL.map((provider) => [provider.name, provider]))
