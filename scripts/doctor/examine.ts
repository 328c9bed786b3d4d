// All that is looked at, in the order in which one thing depends on another.
import { goodKey, largeRequest, requestHeaders, responseHeaders, wrongKey } from './access.ts'
import { preflight, readable } from './browser.ts'
import { streaming } from './call.ts'
import { clock, encrypted, keepAlive, reachable } from './connection.ts'
import { NoAnswer, type Patient } from './exchange.ts'
import { type Finding, fault, type Said } from './finding.ts'
import { inside } from './inside.ts'

/** Looks at everything; where the gateway is not reached, at nothing else. */
export async function examine(patient: Patient): Promise<Finding[]> {
  const findings: Finding[] = []
  const look = async (names: readonly string[], work: () => Promise<readonly Said[]>) => {
    const said = await caught(work)
    findings.push(...names.map((name, i) => ({ name, ...((Array.isArray(said) && said[i]) || torn(said)) })))
  }
  const one = (name: string, work: (patient: Patient) => Promise<Said>) =>
    look([name], async () => [await work(patient)])

  await one('reachable', reachable)
  if (findings[0]?.state !== 'good') return findings
  await look(['tls', 'http/2'], () => encrypted(patient))
  await one('keep-alive', keepAlive)
  let time: string | undefined
  await look(['admin token', 'self-test', 'version'], async () => {
    const seen = await inside(patient)
    time = seen.time
    return [seen.token, seen.selftest, seen.version]
  })
  await one('clock', (asked) => clock(asked, time))
  await one('preflight', preflight)
  await one('errors in browsers', readable)
  await one('wrong key', wrongKey)
  await one('key', goodKey)
  // A key that is not let in says nothing of the rest.
  const isIn = findings.at(-1)?.state === 'good'
  const rest = isIn ? patient : { ...patient, key: undefined }
  await one('request headers', () => requestHeaders(rest))
  await one('response headers', () => responseHeaders(rest))
  await one('large requests', () => largeRequest(rest))
  await look(['streaming', 'limits'], () => streaming(rest))
  return findings
}

async function caught(work: () => Promise<readonly Said[]>): Promise<readonly Said[] | NoAnswer> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof NoAnswer) return error
    const { code, message } = error as NodeJS.ErrnoException
    // A fault of ours is not one of the gateway's.
    if (code === undefined) throw error
    return new NoAnswer(code, message)
  }
}

function torn(seen: readonly Said[] | NoAnswer): Said {
  const why = seen instanceof NoAnswer ? seen.message : 'not seen'
  return fault(why, 'The connection broke off: look again, and see what stands before the gateway.')
}
