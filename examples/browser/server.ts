// The server of a web application that lets its users' browsers ask models directly. The key stays here; a browser gets a token
// that is good for this page's origin, one model, a few requests and ten minutes. Node alone, no packages.
//
//   DRAGOMAN_KEY=sk-dg-… node server.ts     then open http://localhost:3000
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

const {
  DRAGOMAN_BASE_URL = 'http://127.0.0.1:8787/v1',
  DRAGOMAN_KEY = '',
  DRAGOMAN_MODEL = 'demo',
  PORT = '3000',
  // Behind a proxy that speaks TLS: the address that visitors see, such as https://app.example.com
  ORIGIN,
} = process.env

const FILES: Readonly<Record<string, { readonly name: string; readonly type: string }>> = {
  '/': { name: 'page.html', type: 'text/html' },
  '/page.js': { name: 'page.js', type: 'text/javascript' },
}

/** Mints a token for one user of this page. */
async function mint(origin: string): Promise<Response> {
  return await fetch(`${DRAGOMAN_BASE_URL}/client_tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${DRAGOMAN_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ origin, models: [DRAGOMAN_MODEL], expires_in: 600, budget: { requests: 20 } }),
  })
}

async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
  // Here your application asks who this is (its session cookie, say), and how much this user may still spend. Without that
  // anybody who can open the page can spend your money, ten minutes at a time.
  const { origin, host } = request.headers
  if (request.method !== 'POST' || origin !== (ORIGIN ?? `http://${host}`)) return void response.writeHead(403).end()
  const minted = await mint(origin)
  const body: unknown = await minted.json()
  if (!minted.ok) {
    // What went wrong is for the operator, not for the visitor.
    console.error('No token:', body)
    return void response.writeHead(502).end()
  }
  const { token, expires_at } = body as { token: string; expires_at: string }
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify({ token, expires_at, baseURL: DRAGOMAN_BASE_URL, model: DRAGOMAN_MODEL }))
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/token') return await token(request, response)
  const file = FILES[request.url ?? '']
  if (!file) return void response.writeHead(404).end()
  const gateway = new URL(DRAGOMAN_BASE_URL).origin
  response.writeHead(200, {
    'content-type': `${file.type}; charset=utf-8`,
    'content-security-policy': `default-src 'self'; connect-src 'self' ${gateway}`,
  })
  response.end(await readFile(new URL(file.name, import.meta.url)))
}

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => {
    console.error(error)
    response.destroy()
  })
})
server.listen(Number(PORT), '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address) console.log(`Open http://localhost:${address.port}`)
})
