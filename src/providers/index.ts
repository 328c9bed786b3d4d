// Every provider there is, one line each, in the order of the README. After the look-up nobody says a provider's name.
import type { Provider } from '../hub/provider.ts'
import { anthropic } from './anthropic/index.ts'
import { azureOpenai } from './azure-openai/index.ts'
import { bedrock } from './bedrock/index.ts'
import { cerebras } from './cerebras/index.ts'
import { cohere } from './cohere/index.ts'
import { compactifai } from './compactifai/index.ts'
import { databricks } from './databricks/index.ts'
import { deepinfra } from './deepinfra/index.ts'
import { deepseek } from './deepseek/index.ts'
import { fireworks } from './fireworks/index.ts'
import { gemini } from './gemini/index.ts'
import { githubModels } from './github-models/index.ts'
import { groq } from './groq/index.ts'
import { huggingface } from './huggingface/index.ts'
import { hyperbolic } from './hyperbolic/index.ts'
import { kluster } from './kluster/index.ts'
import { llamaCpp } from './llama-cpp/index.ts'
import { lmStudio } from './lm-studio/index.ts'
import { minimax } from './minimax/index.ts'
import { mistral } from './mistral/index.ts'
import { moonshot } from './moonshot/index.ts'
import { nebius } from './nebius/index.ts'
import { novita } from './novita/index.ts'
import { nvidia } from './nvidia/index.ts'
import { ollama } from './ollama/index.ts'
import { openai } from './openai/index.ts'
import { openaiCompatible } from './openai-compatible/index.ts'
import { openrouter } from './openrouter/index.ts'
import { paddler } from './paddler/index.ts'
import { perplexity } from './perplexity/index.ts'
import { qwen } from './qwen/index.ts'
import { sambanova } from './sambanova/index.ts'
import { siliconflow } from './siliconflow/index.ts'
import { together } from './together/index.ts'
import { vertex } from './vertex/index.ts'
import { vllm } from './vllm/index.ts'
import { voyage } from './voyage/index.ts'
import { workersAi } from './workers-ai/index.ts'
import { xai } from './xai/index.ts'
import { zai } from './zai/index.ts'

const ALL: readonly Provider[] = [
  openai,
  anthropic,
  gemini,
  vertex,
  bedrock,
  cohere,
  mistral,
  azureOpenai,
  kluster,
  compactifai,
  paddler,
  groq,
  deepseek,
  xai,
  together,
  fireworks,
  openrouter,
  perplexity,
  cerebras,
  sambanova,
  nvidia,
  huggingface,
  workersAi,
  ollama,
  vllm,
  llamaCpp,
  lmStudio,
  githubModels,
  moonshot,
  qwen,
  zai,
  minimax,
  nebius,
  novita,
  deepinfra,
  hyperbolic,
  databricks,
  siliconflow,
  voyage,
  openaiCompatible,
]

export const providers: ReadonlyMap<string, Provider> = new Map(ALL.map((provider) => [provider.name, provider]))
