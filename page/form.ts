// The form: what it says, what is wrong with it, and the list of messages.
import type { Ask, Json, Turn } from './dialects/dialect.ts'
import { isObject } from './dialects/dialect.ts'
import { byId, make } from './dom.ts'

export const fields = {
  key: byId('key', HTMLInputElement),
  dialect: byId('dialect', HTMLSelectElement),
  model: byId('model', HTMLInputElement),
  system: byId('system', HTMLTextAreaElement),
  temperature: byId('temperature', HTMLInputElement),
  limit: byId('limit', HTMLInputElement),
  more: byId('more', HTMLTextAreaElement),
  tools: byId('tools', HTMLTextAreaElement),
  stream: byId('stream', HTMLInputElement),
  strict: byId('strict', HTMLInputElement),
  report: byId('report', HTMLInputElement),
}

type Checked = 'key' | 'model' | 'temperature' | 'limit' | 'more' | 'tools'
const list = byId('turn-list', HTMLOListElement)

/** Says what is wrong with a field, beside it; '' is nothing. */
function complain(name: Checked, problem: string): void {
  const field = fields[name]
  byId(`${name}-problem`, HTMLElement).textContent = problem
  if (problem) {
    field.setAttribute('aria-invalid', 'true')
    const folded = field.closest('details')
    if (folded) folded.open = true
  } else field.removeAttribute('aria-invalid')
}

function numberIn(name: 'temperature' | 'limit'): number | undefined {
  const text = fields[name].value.trim()
  const value = Number(text)
  complain(name, text !== '' && !Number.isFinite(value) ? `${text} is no number.` : '')
  return text === '' || !Number.isFinite(value) ? undefined : value
}

/** @returns undefined where nothing stands, or nothing that is good. */
function jsonIn<T>(name: 'more' | 'tools', wanted: string, is: (value: unknown) => value is T): T | undefined {
  const text = fields[name].value.trim()
  complain(name, '')
  if (text === '') return undefined
  try {
    const value: unknown = JSON.parse(text)
    if (is(value)) return value
    complain(name, `Expected ${wanted}.`)
  } catch (error) {
    complain(name, error instanceof Error ? error.message : String(error))
  }
  return undefined
}

const isRecord = (value: unknown): value is Json => isObject(value) && !Array.isArray(value)

/** What the form says; what it says wrongly is marked, and counts as not said. */
export function readAsk(): Ask {
  return {
    model: fields.model.value.trim(),
    system: fields.system.value,
    turns: turns(),
    temperature: numberIn('temperature'),
    limit: numberIn('limit'),
    stream: fields.stream.checked,
    tools: jsonIn('tools', 'a list: [ … ]', Array.isArray),
    more: jsonIn('more', 'an object: { … }', isRecord) ?? {},
  }
}

/** Marks what is missing, and leads to the first field that something is wrong with. @returns whether all is well. */
export function complete(): boolean {
  complain('key', fields.key.value.trim() === '' ? 'A key is needed.' : '')
  complain('model', fields.model.value.trim() === '' ? 'A model is needed.' : '')
  const wrong = document.querySelector<HTMLElement>('#ask [aria-invalid="true"]')
  wrong?.focus()
  return wrong === null
}

function turns(): Turn[] {
  return [...list.children].flatMap((item): Turn[] => {
    const role = item.querySelector('select')?.value === 'assistant' ? 'assistant' : 'user'
    const text = item.querySelector('textarea')?.value ?? ''
    return text === '' ? [] : [{ role, text }]
  })
}

/** Adds a message. @param changed is called when it is gone again. */
export function addTurn({ role, text }: Turn, changed: () => void): HTMLTextAreaElement {
  const options = (['user', 'assistant'] as const).map((one) => make('option', { selected: one === role }, one))
  const words = make('textarea', { rows: 3, 'aria-label': 'What is said' }, text)
  const remove = make(
    'button',
    { type: 'button', class: 'quiet' },
    'Remove',
    make('span', { class: 'unseen' }, ' this message'),
  )
  const item = make('li', {}, make('select', { 'aria-label': 'Who says it' }, ...options), remove, words)
  remove.addEventListener('click', () => {
    const next = item.nextElementSibling ?? item.previousElementSibling
    item.remove()
    ;(next?.querySelector('textarea') ?? byId('add-turn', HTMLButtonElement)).focus()
    changed()
  })
  list.append(item)
  return words
}
