// What a deployment is to be: account, name and domain, by options, by what was chosen before, or by asking.
import { UsageError } from '../command.ts'
import type { Account } from '../deploy/account.ts'
import { isDomain, isWorkerName, type Settings } from '../deploy/settings.ts'
import type { Ask } from '../terminal.ts'
import { columns, plain } from '../terminal.ts'

export interface Options {
  readonly account?: string | undefined
  readonly name?: string | undefined
  /** Empty: none, the Worker answers on workers.dev. */
  readonly domain?: string | undefined
}

/** Asks, where there is somebody to be asked. */
export type Asking = { readonly ask: Ask; readonly say: (line: string) => void } | undefined

/**
 * @param before the settings of the last time.
 * @param name what wrangler.toml calls the Worker.
 * @throws UsageError for what cannot be meant, or has to be said and was not.
 */
export async function choose(
  options: Options,
  before: Settings,
  { accounts, name }: { readonly accounts: readonly Account[]; readonly name: string },
  asking: Asking,
): Promise<Settings> {
  const account = await accountOf(options.account ?? before.CLOUDFLARE_ACCOUNT_ID, accounts, asking)
  const called = await checked('Name of the Worker', options.name, before.WORKER_NAME ?? name, isWorkerName, asking)
  const domain = await checked('Domain (- for none)', options.domain, before.DOMAIN ?? '-', isDomainOrNone, asking)
  return {
    CLOUDFLARE_ACCOUNT_ID: account,
    WORKER_NAME: called === name ? undefined : called,
    DOMAIN: domain === '-' || domain === '' ? undefined : domain,
  }
}

async function accountOf(
  wanted: string | undefined,
  accounts: readonly Account[],
  asking: Asking,
): Promise<string | undefined> {
  const find = (text: string) => accounts.find(({ id, name }) => id === text || name === text)
  if (wanted !== undefined) {
    // A token that belongs to an account may not tell which ones there are.
    const found = find(wanted) ?? (accounts.length === 0 ? { id: wanted } : undefined)
    if (!found) throw new UsageError('--account: this login has no such account.')
    return found.id
  }
  if (accounts.length < 2) return accounts[0]?.id
  const list = columns(
    ['', 'ACCOUNT', 'ID'],
    accounts.map(({ id, name }, i) => [String(i + 1), plain(name), id]),
  )
  if (!asking) throw new UsageError(`There are several accounts: choose one with --account.\n\n${list}`)
  asking.say(`\n${list}\n`)
  const given = await asking.ask('Account', '1')
  const found = accounts[Number(given) - 1] ?? find(given)
  if (!found) throw new UsageError('There is no such account.')
  return found.id
}

function isDomainOrNone(text: string): boolean {
  return text === '' || text === '-' || isDomain(text)
}

const ATTEMPTS = 3

async function checked(
  question: string,
  given: string | undefined,
  byDefault: string,
  isGood: (text: string) => boolean,
  asking: Asking,
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const answer = given ?? (asking ? await asking.ask(question, byDefault) : byDefault)
    if (isGood(answer)) return answer
    const fault = `${question}: that is none.`
    if (given !== undefined || !asking || attempt >= ATTEMPTS) throw new UsageError(fault)
    asking.say(fault)
  }
}
