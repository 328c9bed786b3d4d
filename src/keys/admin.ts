// The admin API: keys made, listed, shown, changed, rotated and deleted. It answers to ADMIN_TOKEN alone, and to no
// browser (no CORS). Every change is a line in the log: which key, which request, which fields, and never a value.
import type { Context } from 'hono'
import { Hono } from 'hono/tiny'
import { readBody } from './admin-body.ts'
import { requireAdmin } from './admin-token.ts'
import { forgetBinding } from './binding.ts'
import { createKey } from './create.ts'
import { listKeys } from './list.ts'
import { rotateKey } from './rotate.ts'
import { requestOf, shown } from './shown.ts'
import { noSuchKey, reached, readRecord, recordOf } from './store.ts'
import { updateKey } from './update.ts'
import type { ProviderFacts } from './validate.ts'

interface AdminEnv {
  Bindings: Env
  /** The journey is the app's that mounts this, if it has any. */
  Variables: { journey?: { readonly id: string } }
}

/**
 * The routes under `/admin`. Everything below that path asks for the token, whether there is a route or not, so that
 * nobody else learns what there is. Errors are thrown as GatewayError, for the app that mounts this.
 * @param providers what a slot of each provider must bring, by name
 */
export function adminApp(providers: ReadonlyMap<string, ProviderFacts>): Hono<AdminEnv> {
  const app = new Hono<AdminEnv>()

  app.use('/admin/*', async function requireAdminToken(c, next) {
    await requireAdmin(c.req.raw, c.env)
    await next()
    c.res.headers.set('cache-control', 'no-store')
  })

  app.post('/admin/keys', async (c) => {
    const now = Date.now()
    const { key, record } = await createKey(await readBody(c.req.raw), { providers, env: c.env, now })
    audit(c, 'key-created', record.id, Object.keys(requestOf(record)))
    return c.json({ key, ...shown(record, now) }, 201)
  })

  app.get('/admin/keys', async (c) => {
    const { limit, after } = c.req.query()
    return c.json(await listKeys(c.env, { limit, after }, Date.now()))
  })

  app.get('/admin/keys/:id', async (c) => {
    return c.json(shown(await readRecord(c.env, c.req.param('id')), Date.now()))
  })

  app.patch('/admin/keys/:id', async (c) => {
    const now = Date.now()
    const id = c.req.param('id')
    const { record, changed } = await updateKey(id, await readBody(c.req.raw), { providers, env: c.env, now })
    await forgetBinding(id)
    audit(c, 'key-updated', id, changed)
    return c.json(shown(record, now))
  })

  app.post('/admin/keys/:id/rotate', async (c) => {
    const now = Date.now()
    const id = c.req.param('id')
    const { key, record } = await rotateKey(id, await readBody(c.req.raw, {}), c.env, now)
    await forgetBinding(id)
    audit(c, 'key-rotated', id, ['key'])
    return c.json({ key, ...shown(record, now) }, 201)
  })

  app.delete('/admin/keys/:id', async (c) => {
    const id = c.req.param('id')
    if (!(await reached(recordOf(c.env, id).remove()))) throw noSuchKey()
    await forgetBinding(id)
    audit(c, 'key-revoked', id, [])
    return c.json({ id, deleted: true })
  })

  return app
}

function audit(c: Context<AdminEnv>, event: string, key_id: string, changed: readonly string[]): void {
  const request_id = c.get('journey')?.id
  console.log({ event, key_id, ...(request_id !== undefined && { request_id }), changed })
}
