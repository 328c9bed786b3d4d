// The page at `/`: which of its two sections is shown is in the address, and nothing else is.
import { openTables } from './compatibility.ts'
import { dialectsOf } from './dialects/index.ts'
import { byId, show } from './dom.ts'
import { startPlayground } from './playground.ts'

/** The Worker's paths: the build puts them here. */
declare const SERVED: readonly string[]

const SECTIONS = ['playground', 'compatibility'] as const

function route(): void {
  const named = SECTIONS.find((one) => location.hash === `#${one}`)
  // An address of something within a section leaves the section as it is.
  if (!named && location.hash !== '') return
  const chosen = named ?? 'playground'
  for (const name of SECTIONS) {
    show(byId(name, HTMLElement), name === chosen)
    const link = document.querySelector(`nav a[href="#${name}"]`)
    if (name === chosen) link?.setAttribute('aria-current', 'page')
    else link?.removeAttribute('aria-current')
  }
  if (chosen === 'compatibility') openTables()
}

startPlayground(dialectsOf(SERVED))
addEventListener('hashchange', () => {
  route()
  scrollTo(0, 0)
})
route()
