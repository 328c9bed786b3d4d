// Claude on Vertex: Messages in an envelope of Google's.
// https://docs.claude.com/en/api/claude-on-vertex-ai
import type { Ledger } from '../../hub/loss.ts'
import type { Account, Call } from '../../hub/provider.ts'
import type { ChatRequest } from '../../hub/request.ts'
import { encodeFor } from '../anthropic/call.ts'
import { hosted } from '../anthropic/surface.ts'
import { modelPath } from './place.ts'

const VERSION = 'vertex-2023-10-16'

/** @throws GatewayError 400 for what cannot be sent, or for the first loss in strict mode. */
export function encodeClaude(
  publisher: string,
  request: ChatRequest,
  model: string,
  ledger: Ledger,
  account: Account,
): Call {
  const path = (name: string, streams: boolean) =>
    modelPath(account, publisher, name, streams ? 'streamRawPredict' : 'rawPredict')
  return encodeFor(hosted(VERSION, path), request, model, ledger)
}
