// Elements, made of their parts. Texts are texts: nothing here takes HTML, which the page's policy forbids anyway.

type Child = Node | string | undefined | false
type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** An element with attributes (`true` is an empty one; undefined and false are none) and children. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : String(value))
  }
  element.append(...children.filter((child): child is Node | string => child !== undefined && child !== false))
  return element
}

/** @throws TypeError where the page has no such element, or it is another. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id)
  if (!(found instanceof type)) throw new TypeError(`No ${type.name} #${id}.`)
  return found
}

/** Shows or hides; what is hidden is hidden for everybody. */
export function show(element: HTMLElement, shown: boolean): void {
  element.hidden = !shown
}
