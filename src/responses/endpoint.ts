// `POST /v1/responses`: a conversation whose answers are kept, and go on. https://platform.openai.com/docs/guides/conversation-state
import { bodyOf, errandOf } from '../converse.ts'
import { responses } from '../dialects/index.ts'
import { requestOf, saidIn } from '../dialects/responses/request.ts'
import type { Asking, Errand } from '../leg.ts'
import { Memory, recall } from './memory.ts'
import { Shelf } from './shelf.ts'

/** @throws GatewayError 400, 413; 503 where earlier responses are needed and cannot be read. */
export async function converseOn(asking: Asking): Promise<Errand> {
  const { c, binding } = asking
  const { bytes, body } = await bodyOf(asking)
  const said = saidIn(body)
  const shelf = new Shelf(c.env, binding.id)
  const past = await recall(shelf, said)
  const request = requestOf(said, past, binding.storeResponses !== false)
  const keeping = new Memory(shelf, said, past, binding, c.env.RESPONSES_TTL_DAYS)
  return errandOf({ dialect: responses, request, body, bytes, keeping }, binding)
}
