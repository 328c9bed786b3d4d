// What `npm run keys` says of itself.

const WHERE = `
Where:
  --url URL           the gateway; else DRAGOMAN_URL, else http://127.0.0.1:8787
  --dev-vars          take ADMIN_TOKEN from .dev.vars for another host than this machine, too
  --insecure          send the token over plain http to another host
  --json              print the gateway's answer as JSON, and nothing else
  ADMIN_TOKEN is read from the environment, else, for this machine, from the .dev.vars that npm start wrote.

Exit codes: 0 done, 1 refused by the gateway, 2 not understood, 3 not reached.`

const BINDING = `
  --name TEXT
  --provider SLOT[:PROVIDER][=CREDENTIAL]   a slot, repeatable; PROVIDER where the slot has another name.
                      CREDENTIAL says where it is, and is never the credential itself:
                        NAME         the environment variable of this name, in capitals
                        secret:NAME  a secret of the Worker, which stays there
                        @PATH        a file, such as a service account's JSON; @- is the standard input
  --slot SLOT.FIELD=VALUE   base_url, region, project, location, account_id, api_version or organization
  --model ALIAS=MODEL[,MODEL…]   an alias, and its order of fallback; repeatable
  --default-provider SLOT
  --allow PATTERN     a pattern of allowed_models; repeatable
  --origin ORIGIN     a browser origin that may use the key; repeatable
  --limit NAME=N      requests_per_minute, requests_per_day, …; repeatable
  --limits-mode MODE  soft or hard
  --timeout NAME=MS   connect_ms, first_byte_ms, idle_ms, total_ms; repeatable
  --retries N
  --on-disconnect DO  cancel or drain
  --expires WHEN      a time (2027-01-01T00:00:00Z), or from now on: 90m, 12h, 30d
  --strict, --no-strict
  --file PATH         JSON of the admin API's form; - is the standard input. Options are laid over it.`

export const HELP = {
  create: `npm run keys -- create [options]

Makes a key and prints it, once.
${BINDING}
${WHERE}

Example:
  ANTHROPIC_API_KEY=… npm run keys -- create --name 'web app' --provider anthropic=ANTHROPIC_API_KEY \\
    --model fast=anthropic/claude-haiku-4-5 --limit requests_per_minute=60 --expires 90d`,
  list: `npm run keys -- list

Lists all keys, oldest first. RING: the versions of SEAL_KEYS that a key still needs.
${WHERE}`,
  show: `npm run keys -- show ID

Shows what a key is bound to, without its credentials.
${WHERE}`,
  update: `npm run keys -- update ID [options]

Changes a key by JSON merge: what is not named stays. Lists (--allow, --origin) are replaced whole.
${BINDING}
  --clear FIELD       takes a field away: origins, limits.tokens_per_day, models.ALIAS, providers.SLOT; repeatable.
                      --slot SLOT.FIELD= (nothing behind it) takes a slot's field away.
${WHERE}`,
  rotate: `npm run keys -- rotate ID [--grace TIME]

Gives a key a new secret and prints it, once. The old one works on for a day, or for --grace: 0, 90m, 12h, 30d at most.
${WHERE}`,
  revoke: `npm run keys -- revoke ID

Ends a key, for good.
${WHERE}`,
  reseal: `npm run keys -- reseal

Seals the credentials of all keys under the newest version of SEAL_KEYS, and says which older versions are still needed.
${WHERE}`,
} as const

export type Command = keyof typeof HELP

export const OVERVIEW = `npm run keys -- COMMAND [options]

  create     make a key
  list       list all keys
  show       show one
  update     change what it is bound to
  rotate     give it a new secret
  revoke     end it
  reseal     seal all credentials under the newest version of SEAL_KEYS

COMMAND --help tells more.
${WHERE}`
