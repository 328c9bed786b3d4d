// The page and the data beside it, for where no platform has static assets: files of a disk service, with their types
// and the headers that Cloudflare reads from `_headers`. The Worker asks it for what is no path of its own.
import { WorkerEntrypoint } from 'cloudflare:workers'
import { HEADERS } from '../page/headers.ts'

interface Bindings {
  /** The folder of the files. */
  readonly FILES: Fetcher
}

/** What there is, and what it is. */
const TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'style.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
  'compat.json': 'application/json',
  'openapi.json': 'application/json',
}

export default class Page extends WorkerEntrypoint<Bindings> {
  override async fetch({ url, method, headers: asked }: Request): Promise<Response> {
    const { pathname } = new URL(url)
    const name = pathname === '/' ? 'index.html' : pathname.slice(1)
    const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined
    if (type === undefined) return new Response(null, { status: 404 })
    const file = await this.env.FILES.fetch(`http://files/${name}`)
    if (!file.ok) return new Response(null, { status: 404 })
    const modified = file.headers.get('last-modified') ?? ''
    const headers = new Headers({ ...HEADERS['/*'], ...HEADERS[pathname] })
    headers.set('content-type', type)
    headers.set('cache-control', 'public, max-age=0, must-revalidate')
    headers.set('last-modified', modified)
    const known = modified !== '' && asked.get('if-modified-since') === modified
    if (known) return new Response(null, { status: 304, headers })
    return new Response(method === 'HEAD' ? null : file.body, { headers })
  }
}
