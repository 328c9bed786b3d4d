// The playground: the form on one side, and on the other what came of it.
import { beginAnswer } from './answer.ts'
import { ask, call, jsonOf, Refused, type Timings } from './call.ts'
import { type Dialect, type Json, type Loss, listAt, reported, textAt, type Usage } from './dialects/dialect.ts'
import { byId, make, show } from './dom.ts'
import { showGauges, showHeaders, showLedger, showSaid, showSent, showTimings, showUntranslated } from './facts.ts'
import { addTurn, complete, fields, readAsk } from './form.ts'
import { LANGUAGES, type Language } from './snippets.ts'
import { fromHeaders, fromLimits, troubles } from './windows.ts'

const status = byId('status', HTMLElement)
const failure = byId('failure', HTMLElement)
const send = byId('send', HTMLButtonElement)
const stop = byId('stop', HTMLButtonElement)
const goOn = byId('go-on', HTMLButtonElement)
const form = byId('ask', HTMLFormElement)

/** What leaves a call that is under way. */
let leave: AbortController | undefined
let lastText = ''

const keyOf = () => fields.key.value.trim()

/** @param dialects those to choose from; one at least. */
export function startPlayground(dialects: readonly Dialect[]): void {
  fields.dialect.append(...dialects.map(({ name, label }) => make('option', { value: name }, label)))
  const chosen = (): Dialect => {
    const found = dialects.find(({ name }) => name === fields.dialect.value) ?? dialects[0]
    if (!found) throw new Error('This gateway serves no dialect that the page knows.')
    return found
  }
  const changed = () => drawRequest(chosen(), [])
  addTurn({ role: 'user', text: 'Hello!' }, changed)
  showTimings({}, undefined)
  changed()

  form.addEventListener('input', changed)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void run(chosen(), true)
  })
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit()
  })
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') leave?.abort()
  })
  stop.addEventListener('click', () => leave?.abort())
  byId('translate', HTMLButtonElement).addEventListener('click', () => void run(chosen(), false))
  byId('add-turn', HTMLButtonElement).addEventListener('click', () => {
    addTurn({ role: 'user', text: '' }, changed).focus()
  })
  byId('tool-example', HTMLButtonElement).addEventListener('click', () => {
    fields.tools.value = JSON.stringify([chosen().tool], null, 2)
    changed()
  })
  goOn.addEventListener('click', () => {
    addTurn({ role: 'assistant', text: lastText }, changed)
    addTurn({ role: 'user', text: '' }, changed).focus()
    goOn.disabled = true
    changed()
  })
  fields.key.addEventListener('change', () => void suggestModels(changed))
  for (const radio of document.querySelectorAll('input[name="language"]')) radio.addEventListener('change', changed)
  byId('copy', HTMLButtonElement).addEventListener('click', () => void copy())
}

function wishes(): Record<string, string> {
  return {
    ...(fields.strict.checked && { 'dragoman-strict': '?1' }),
    ...(fields.report.checked && { 'dragoman-report': '?1' }),
  }
}

/** The request and its snippet, as the form says them now. */
function drawRequest(dialect: Dialect, losses: readonly Loss[]): Json {
  const body = dialect.body(readAsk())
  showSaid(dialect.path, body, losses)
  const picked = document.querySelector<HTMLInputElement>('input[name="language"]:checked')?.value as Language
  const text = LANGUAGES[picked]({ dialect, origin: location.origin, body, headers: wishes() })
  byId('snippet', HTMLElement).textContent = text
  return body
}

/** The models that the key may name. What cannot be had is not missed: any name can be typed. */
async function suggestModels(changed: () => void): Promise<void> {
  const key = keyOf()
  if (key === '') return
  try {
    const body = await jsonOf(await ask('/v1/models', key))
    if (key !== keyOf()) return
    const names = listAt(body, 'data').flatMap((model) => textAt(model, 'id') ?? [])
    byId('models', HTMLDataListElement).replaceChildren(...names.map((value) => make('option', { value })))
    if (fields.model.value === '' && names[0] !== undefined) {
      fields.model.value = names[0]
      changed()
    }
  } catch (error) {
    if (error instanceof Refused) status.textContent = `Models could not be listed: ${error.message}`
  }
}

/** Translates what the form says, and makes the call as well if it is to be sent. */
async function run(dialect: Dialect, sends: boolean): Promise<void> {
  leave?.abort()
  const body = drawRequest(dialect, [])
  if (!complete()) return
  const own = new AbortController()
  leave = own
  show(failure, false)
  showLedger([], false)
  stop.disabled = false
  const key = keyOf()
  const translating = translated(key, dialect, body, own.signal)
  if (sends) await exchange(key, dialect, body, own.signal, translating)
  else {
    say('Translating', true)
    const losses = await translating
    if (!own.signal.aborted) say(losses ? 'Translated: nobody was called.' : 'It cannot be translated.')
  }
  if (leave !== own) return
  leave = undefined
  stop.disabled = true
  send.disabled = false
}

/** What would be sent, and lost. @returns undefined where there is no translation. */
async function translated(
  key: string,
  dialect: Dialect,
  body: Json,
  signal: AbortSignal,
): Promise<readonly Loss[] | undefined> {
  const asked = JSON.stringify({ endpoint: dialect.path, body })
  try {
    const response = await ask('/v1/translate', key, { method: 'POST', body: asked, headers: wishes(), signal })
    const translation = await jsonOf(response)
    const [{ losses = [] } = {}] = reported({ dragoman: translation })
    showSent(translation)
    showSaid(dialect.path, body, losses)
    showLedger(losses, true)
    return losses
  } catch (error) {
    if (!signal.aborted) showUntranslated(`There is no translation: ${wordsOf(error)}`)
    return undefined
  }
}

async function exchange(
  key: string,
  dialect: Dialect,
  body: Json,
  signal: AbortSignal,
  translating: Promise<readonly Loss[] | undefined>,
): Promise<void> {
  const answer = beginAnswer()
  goOn.disabled = true
  showHeaders(undefined)
  showTimings({}, undefined)
  say('Waiting for the answer', true)
  let usage: Usage | undefined
  let finish = ''
  let reportedLosses: readonly Loss[] = []
  let timings: Timings = {}
  let headers: Headers | undefined
  const began = performance.now()
  try {
    timings = await call(
      { key, dialect, body, headers: wishes(), signal },
      {
        head(response) {
          headers = response.headers
          showHeaders(headers)
          say('Answering', true)
        },
        heard(what) {
          answer.add(what)
          usage = what.usage ?? usage
          finish = what.finish ?? finish
          reportedLosses = what.losses ?? reportedLosses
        },
      },
      () => performance.now(),
    )
    say(`Answered in ${((timings.total ?? 0) / 1000).toFixed(1)} s${finish && `: ${finish}`}.`)
  } catch (error) {
    timings = { ...timings, total: performance.now() - began }
    if (signal.aborted) say('Stopped. The gateway has hung up on the provider.')
    else refused(error)
  }
  // Another call may have begun: what is shown is its own.
  if (signal.aborted && leave?.signal !== signal) return
  lastText = answer.text
  goOn.disabled = lastText === ''
  showTimings(timings, usage)
  const expected = await translating
  const all = merged(expected ?? [], reportedLosses)
  if (leave?.signal === signal && !signal.aborted) showLedger(all, true)
  await showWindows(key, headers)
}

/** Losses of the request and of the answer, each once. */
function merged(expected: readonly Loss[], told: readonly Loss[]): readonly Loss[] {
  const known = new Set(expected.map(({ path, kind }) => `${kind} ${path}`))
  return [...expected, ...told.filter(({ path, kind }) => !known.has(`${kind} ${path}`))]
}

async function showWindows(key: string, headers: Headers | undefined): Promise<void> {
  const first = headers ? fromHeaders(headers, Date.now()) : []
  const known = await ask('/v1/limits', key)
    .then(jsonOf)
    .catch(() => undefined)
  showGauges([...first, ...fromLimits(known)], troubles(known))
}

function wordsOf(error: unknown): string {
  if (error instanceof Refused) return error.message
  return error instanceof TypeError ? 'The gateway cannot be reached.' : String(error)
}

function refused(error: unknown): void {
  say('Failed.')
  const facts = error instanceof Refused ? { status: error.status, ...error.failure } : { message: wordsOf(error) }
  const { message, ...rest } = facts
  const details = Object.entries(rest).map(([name, value]) => `${name} ${value}`)
  failure.replaceChildren(
    make('p', {}, make('strong', {}, message)),
    make('p', { class: 'note' }, make('code', {}, details.join(' · '))),
  )
  show(failure, true)
}

function say(text: string, busy = false): void {
  status.textContent = text
  status.classList.toggle('busy', busy)
  byId('answer', HTMLElement).setAttribute('aria-busy', String(busy))
}

async function copy(): Promise<void> {
  const snippet = byId('snippet', HTMLElement)
  try {
    await navigator.clipboard.writeText(snippet.textContent ?? '')
    status.textContent = 'Copied.'
  } catch {
    // Without TLS there is no clipboard: what is selected can be copied by hand.
    getSelection()?.selectAllChildren(snippet)
    status.textContent = 'Selected: copy it with the keyboard.'
  }
}
