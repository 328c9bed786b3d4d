// POST /v1/audio/speech: https://platform.openai.com/docs/api-reference/audio/createSpeech
import { bytesOf } from '../answers.ts'
import { readText } from '../body.ts'
import { numberIn } from '../config.ts'
import { parseJson } from '../hub/json.ts'
import { speechRequestOf } from '../hub/speech.ts'
import { type Endpoint, settle } from '../leg.ts'
import { missing } from './missing.ts'
import { pass } from './pass.ts'

/** The event with which a stream is whole. */
const ENDS = ['speech.audio.done']

export const speech: Endpoint = async ({ c, request: raw }) => {
  const text = await readText(raw, numberIn(c.env.MAX_BODY_BYTES, 33_554_432)) // 400 413
  const request = { ...speechRequestOf(parseJson(text)), text } //                400
  return {
    model: request.fields.model,
    streams: request.fields.stream_format === 'sse',
    knows: (field) => Object.hasOwn(request.fields, field),
    prepare: (leg) => {
      const { target, ledger, traffic } = leg
      const { model, slot } = target.route
      if (!target.provider.speech) throw missing(target, 'speech')
      const call = target.provider.speech.call(request, { model, account: slot, ledger })
      const sent = { path: call.path, headers: call.headers ?? {}, body: call.body, streams: call.streams }
      const go = async () => {
        const response = await target.send(sent)
        if (!call.read) return pass(leg, response, ENDS)
        const { type, bytes } = call.read(await bytesOf(response, traffic.times.idleMs), response.headers)
        settle(leg, 'complete', undefined)
        return new Response(bytes, { headers: { 'content-type': type } })
      }
      return { calls: 1, sends: [sent], go }
    },
  }
}
