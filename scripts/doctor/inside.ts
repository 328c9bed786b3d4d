// What the gateway says of itself: its self-test, and its version.
import type { SelfTest } from '../../schemas/selftest.ts'
import { bearer, errorOf, exchange, jsonOf, type Patient, strangerIn } from './exchange.ts'
import { fault, good, note, type Said, skipped } from './finding.ts'

export interface Inside {
  readonly token: Said
  readonly selftest: Said
  readonly version: Said
  /** Its time, RFC 3339. */
  readonly time?: string | undefined
}

const LEAST = 20

export async function inside(patient: Patient): Promise<Inside> {
  const { adminToken } = patient
  const all = (said: Said): Inside => ({ token: said, selftest: said, version: said })
  if (adminToken === undefined) return all(skipped('no admin token to try', 'Set ADMIN_TOKEN.'))
  const ask = (query = '') =>
    exchange(patient, `/admin/selftest${query}`, { headers: bearer(adminToken), patience: 60_000 })
  let answer = await ask()
  const refused = errorOf(answer)
  if (answer.status === 401 || answer.status === 429) {
    const unseen = skipped('not let in', 'Set the ADMIN_TOKEN of this gateway.')
    return {
      ...all(unseen),
      token: fault(refused?.message ?? strangerIn(answer), 'Set the ADMIN_TOKEN of this gateway.'),
    }
  }
  const token =
    adminToken.length < LEAST
      ? note(
          `let in, with ${adminToken.length} characters`,
          'Make it random and longer: npx wrangler secret put ADMIN_TOKEN.',
        )
      : good('let in')
  if (answer.status === 404) {
    return { ...all(note('a version without a self-test', 'Deploy this version: npm run deploy.')), token }
  }
  // What was cut off by the platform's limit on work is asked for in part.
  const cut = reportIn(answer.text) === undefined && !refused
  if (cut) answer = await ask('?only=own')
  const report = reportIn(answer.text)
  if (!report) {
    const why = errorOf(answer)?.message ?? strangerIn(answer)
    return { ...all(fault(why, 'See the log of the gateway: npx wrangler tail.')), token }
  }
  return { token, selftest: tested(report, cut), version: compared(report.version, patient.version), time: report.time }
}

function reportIn(text: string): SelfTest | undefined {
  const report = jsonOf({ text }) as Partial<SelfTest> | undefined
  return Array.isArray(report?.checks) ? (report as SelfTest) : undefined
}

function tested({ checks }: SelfTest, cut: boolean): Said {
  const failed = checks.filter(({ ok }) => !ok)
  if (failed.length > 0) {
    const told = failed.map(({ name, detail }) => `${name}: ${detail}`).join(' | ')
    return fault(told, 'docs/operations.md says what each check is about.')
  }
  if (!cut) return good(`${checks.length} checks passed`)
  return note(
    `${checks.length} checks passed; all of it is more work than the plan allows`,
    'Workers Paid is recommended: long streams need more than 10 ms, too.',
  )
}

function compared(theirs: string, ours: string): Said {
  if (theirs === ours) return good(theirs)
  return note(`${theirs} there, ${ours} here`, 'Deploy this version, or use the scripts of that one.')
}
