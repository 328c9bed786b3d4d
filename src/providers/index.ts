// Every provider there is, one line each. After the look-up nobody says a provider's name.
import type { Provider } from '../hub/provider.ts'
import { anthropic } from './anthropic/index.ts'
import { bedrock } from './bedrock/index.ts'
import { cohere } from './cohere/index.ts'
import { compactifai } from './compactifai/index.ts'
import { databricks } from './databricks/index.ts'
import { deepinfra } from './deepinfra/index.ts'
import { gemini } from './gemini/index.ts'
import { hyperbolic } from './hyperbolic/index.ts'
import { kluster } from './kluster/index.ts'
import { mistral } from './mistral/index.ts'
import { nebius } from './nebius/index.ts'
import { novita } from './novita/index.ts'
import { openai } from './openai/index.ts'
import { openaiCompatible } from './openai-compatible/index.ts'
import { paddler } from './paddler/index.ts'
import { vertex } from './vertex/index.ts'
import { workersAi } from './workers-ai/index.ts'

const ALL: readonly Provider[] = [
  openai,
  anthropic,
  bedrock,
  openaiCompatible,
  cohere,
  compactifai,
  databricks,
  deepinfra,
  gemini,
  hyperbolic,
  kluster,
  mistral,
  nebius,
  novita,
  paddler,
  vertex,
  workersAi,
]

export const providers: ReadonlyMap<string, Provider> = new Map(ALL.map((provider) => [provider.name, provider]))
