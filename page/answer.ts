// The answer as it comes: words, thoughts, calls.
import type { Heard } from './dialects/dialect.ts'
import { byId, make } from './dom.ts'

const place = byId('answer', HTMLElement)

export interface Answer {
  add(heard: Heard): void
  readonly text: string
}

/** Begins an answer where the last one stood. */
export function beginAnswer(): Answer {
  place.replaceChildren()
  const words = document.createTextNode('')
  const paragraph = make('p', {}, words)
  let thoughts: Text | undefined
  const calls = new Map<string, { readonly name: HTMLElement; readonly said: Text }>()
  return {
    add({ text, reasoning, call }) {
      if (reasoning) {
        if (!thoughts) {
          thoughts = document.createTextNode('')
          place.prepend(
            make(
              'details',
              { open: true },
              make('summary', {}, 'Thoughts'),
              make('div', { class: 'thoughts' }, thoughts),
            ),
          )
        }
        thoughts.appendData(reasoning)
      }
      if (text) {
        if (!paragraph.isConnected) place.append(paragraph)
        words.appendData(text)
      }
      if (call) {
        let made = calls.get(call.id)
        if (!made) {
          made = { name: make('code'), said: document.createTextNode('') }
          calls.set(call.id, made)
          place.append(make('div', { class: 'made' }, 'Calls ', made.name, make('pre', { class: 'code' }, made.said)))
        }
        if (call.name) made.name.textContent = call.name
        if (call.arguments) made.said.appendData(call.arguments)
      }
      const last = place.scrollHeight - place.scrollTop - place.clientHeight
      // Whoever has scrolled back is reading there.
      if (last < 60) place.scrollTop = place.scrollHeight
    },
    get text() {
      return words.data
    },
  }
}
