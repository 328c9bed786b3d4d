// POST /v1/images/generations: https://platform.openai.com/docs/api-reference/images/create
import { bytesOf } from '../answers.ts'
import { readText } from '../body.ts'
import { numberIn } from '../config.ts'
import { GatewayError } from '../hub/error.ts'
import { type Images, imageRequestOf, noImage, type Painted } from '../hub/images.ts'
import { parseJson } from '../hub/json.ts'
import { reportOf } from '../hub/loss.ts'
import { sniff } from '../hub/media.ts'
import { addUsage, type Usage } from '../hub/usage.ts'
import { type Endpoint, type Leg, settle } from '../leg.ts'
import { STREAM_HEADERS } from '../response-headers.ts'
import { sseData } from '../wire/sse.ts'
import { missing } from './missing.ts'
import { pass } from './pass.ts'
import { usageSaid } from './usage.ts'

/** The event with which a stream is whole. Of several images nobody says whether each has one of its own. */
const COMPLETED = 'image_generation.completed'

export const images: Endpoint = async ({ c, request: raw }) => {
  const text = await readText(raw, numberIn(c.env.MAX_BODY_BYTES, 33_554_432)) // 400 413
  const request = { ...imageRequestOf(parseJson(text)), text } //                 400
  const { response_format, stream } = request.fields
  return {
    model: request.fields.model,
    streams: Boolean(stream),
    knows: (field) => Object.hasOwn(request.fields, field),
    prepare: (leg) => {
      const { target, ledger, traffic } = leg
      const { model, slot } = target.route
      if (!target.provider.images) throw missing(target, 'images')
      const call = target.provider.images.call(request, { model, account: slot, ledger })
      const calls = checked(call.calls ?? 1, c.env)
      const { read } = call
      const sent = { path: call.path, headers: call.headers ?? {}, body: call.body, streams: call.streams }
      const one = async (): Promise<Images> => {
        const response = await target.send(sent)
        return read?.(await bytesOf(response, traffic.times.idleMs), response.headers) ?? { images: [] }
      }
      const go = async () => {
        if (!read) return pass(leg, await target.send(sent), [COMPLETED])
        const parts = await Promise.all(Array.from({ length: calls }, one))
        const { images: painted, usage } = joined(parts)
        if (painted.length === 0) throw noImage(undefined)
        settle(leg, 'complete', usage)
        const said = response_format === 'url' ? painted.map(addressed) : painted
        return stream ? events(said, usage) : whole(leg, said, usage)
      }
      return { calls, sends: Array.from({ length: calls }, () => sent), go }
    },
  }
}

/** @throws GatewayError 400 for more than `MAX_CHOICES`. */
function checked(calls: number, env: Env): number {
  const most = numberIn(env.MAX_CHOICES, 8)
  if (calls <= most) return calls
  const message = `Invalid 'n': integer above maximum value. Expected a value <= ${most}, but got ${calls} instead.`
  throw new GatewayError('integer_above_max_value', message, { param: 'n' })
}

function joined(parts: readonly Images[]): Images {
  const usage = parts.reduce<Usage | undefined>(
    (sum, part) => (sum && part.usage ? addUsage(sum, part.usage) : (sum ?? part.usage)),
    undefined,
  )
  return { images: parts.flatMap((part) => part.images), usage }
}

/** An address that holds the image, for a client that wants one. */
function addressed({ b64_json, url, ...rest }: Painted): Painted {
  return { ...rest, url: url ?? `data:${sniff(b64_json ?? '') ?? 'image/png'};base64,${b64_json}` }
}

function whole({ report, ledger }: Leg, data: readonly Painted[], usage: Usage | undefined): Response {
  return Response.json({
    created: Math.floor(Date.now() / 1000),
    data,
    ...(usage && { usage: usageSaid(usage) }),
    ...(report && { dragoman: reportOf(ledger.losses) }),
  })
}

/** Each image as the event that completes it. */
function events(data: readonly Painted[], usage: Usage | undefined): Response {
  const created_at = Math.floor(Date.now() / 1000)
  const said = data.map((image, i) => {
    const last = i === data.length - 1 && usage && { usage: usageSaid(usage) }
    return sseData(JSON.stringify({ type: COMPLETED, created_at, ...image, ...last }))
  })
  return new Response(said.join(''), { headers: STREAM_HEADERS })
}
