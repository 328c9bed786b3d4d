// The page at `/`: which of its two sections is shown is in the address (style.css reads it there), and nothing else is.
import { openTables } from './compatibility.ts'
import { dialectsOf } from './dialects/index.ts'
import { byId } from './dom.ts'
import { startPlayground } from './playground.ts'

/** The Worker's paths: the build puts them here. */
declare const SERVED: readonly string[]

const SECTIONS = ['playground', 'compatibility'] as const

function route(): void {
  const chosen = SECTIONS.find((one) => location.hash === `#${one}`) ?? 'playground'
  for (const name of SECTIONS) {
    const link = document.querySelector(`nav a[href="#${name}"]`)
    if (name === chosen) link?.setAttribute('aria-current', 'page')
    else link?.removeAttribute('aria-current')
  }
  if (chosen === 'compatibility') openTables()
}

startPlayground(dialectsOf(SERVED))
addEventListener('hashchange', route)
// The address says which section is shown: skipping to the content must not change it.
document.querySelector('.skip')?.addEventListener('click', (event) => {
  event.preventDefault()
  byId('content', HTMLElement).focus()
})
route()
