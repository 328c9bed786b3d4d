// Golden cases: folders of files, one case each, in test/cases/<provider>/<case>. A new case needs no code.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findModel } from '../demo/anthropic/models.ts'
import { chat } from '../src/dialects/index.ts'
import { Ledger } from '../src/hub/loss.ts'
import { providers } from '../src/providers/index.ts'
import { accountOf, answered, every, type Files, GIVEN, made, streamIn, uncut } from './case.ts'
import { answersChat } from './conversants.ts'
import { accepted } from './providers/anthropic/accepted.ts'
import { formOf, madeTask } from './task-case.ts'

/** Writes what is made instead of comparing it. Read every line of the difference: the files are the specification. */
const UPDATE = process.env.UPDATE_CASES === '1'

const root = join(import.meta.dirname, 'cases')
const foldersIn = (path: string) =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)

function filesIn(path: string): Record<string, string> {
  return Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'utf8')]))
}

/** The bodies that are sent, which the provider would take. */
function checkSent(provider: string, files: Files): void {
  if (provider !== 'anthropic') return
  const headers: Record<string, string> = JSON.parse(files['headers.json'] ?? '{}')
  for (const name of ['sent.json', 'sent-2.json', 'sent-3.json', 'mended.json']) {
    const body = files[name]
    // Of a model that is not there nobody can say what it takes.
    if (body !== undefined && findModel(JSON.parse(body).model)) accepted({ body, headers })
  }
}

const CUTS = { 'in one piece': uncut, 'by 7 bytes': every(7), 'by 61 bytes': every(61), 'by 1,400 bytes': every(1400) }
const SMALL = 6000

describe.each(foldersIn(root))('%s', (name) => {
  const provider = providers.get(name)
  if (!provider) {
    it('is a provider', () => expect.fail('Cases of a provider that is not there.'))
    return
  }

  describe.each(foldersIn(join(root, name)))('%s', (one) => {
    const path = join(root, name, one)
    const files = filesIn(path)
    const given = Object.fromEntries(Object.entries(files).filter(([file]) => GIVEN.test(file)))
    const expected = Object.fromEntries(Object.entries(files).filter(([file]) => !GIVEN.test(file)))
    const stream = streamIn(given) !== undefined

    const form = formOf(one)
    const making = async () => {
      if (form) return madeTask(form, provider, given)
      if (!answersChat(provider)) throw new Error('A conversation with a provider that answers none.')
      return made(provider, given, uncut)
    }

    if (UPDATE) {
      it('is written', async () => {
        for (const file of Object.keys(expected)) rmSync(join(path, file))
        for (const [file, text] of Object.entries(await making())) writeFileSync(join(path, file), text)
      })
      return
    }

    it('makes what stands in its folder', async () => {
      expect(await making()).toEqual(expected)
      expect(given['note.md']?.trim().split('\n')).toHaveLength(1)
      checkSent(name, expected)
    })

    if (form || !answersChat(provider)) return
    if (stream)
      it('makes the same however its stream is cut', async () => {
        const small = Object.values(given).join('').length < SMALL
        for (const cut of [...Object.values(CUTS), ...(small ? [every(1)] : [])]) {
          expect(await made(provider, given, cut)).toEqual(expected)
        }
      })

    const { chat: how } = provider
    if (!('encode' in how) || !stream || given['upstream.json'] === undefined || !given['client.json']) return
    it('makes the same of the stream and of the whole', async () => {
      const request = chat.read(JSON.parse(given['client.json'] ?? ''))
      const call = how.encode(
        request,
        request.fields.model.replace(`${name}/`, ''),
        new Ledger(false),
        accountOf(given, name),
      )
      const context = { request, created: 1_790_000_000, report: undefined }
      expect(await answered(call, given, '.json', { dialect: chat, request, context })).toEqual({
        'chat.json': expected['chat.json'],
      })
    })
  })
})
