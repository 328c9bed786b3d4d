// A web application of somebody else: one page with the official client in it, on an origin of its own.
import { createServer } from 'node:http'
import { join } from 'node:path'
import * as esbuild from 'esbuild'

export interface Site {
  readonly origin: string
  close(): Promise<void>
}

/** The page once more, without an origin. */
const FRAME = '<!doctype html><meta charset="utf-8"><iframe name="nowhere" sandbox="allow-scripts" src="/"></iframe>'

const PAGE = '<!doctype html><meta charset="utf-8"><title>An application</title><script src="/page.js"></script>'

export async function startSite(): Promise<Site> {
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(import.meta.dirname, 'page.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
  })
  const script = outputFiles[0]?.text ?? ''
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.writeHead(200, { 'content-type': `${isScript ? 'text/javascript' : 'text/html'}; charset=utf-8` })
    response.end(isScript ? script : request.url === '/frame' ? FRAME : PAGE)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    origin: `http://localhost:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
