// What services that speak OpenAI's own format do beside conversations. Nothing of it is translated.
import { allPass, type FormRelay } from '../../hub/hearing.ts'
import { IMAGE_FIELDS } from '../../hub/images.ts'
import type { Account, Printed, Provider } from '../../hub/provider.ts'
import type { Service } from '../../hub/service.ts'
import { SPEECH_FIELDS } from '../../hub/speech.ts'
import { spliceValue } from '../../wire/splice.ts'

/** Where something is, by its place in OpenAI's paths. */
type PathOf = (path: string, model: string, account: Account) => string

const plain: PathOf = (path) => path

/** Everything that OpenAI has: requests pass but for the model's name, answers byte for byte. */
export function allMedia(pathOf: PathOf = plain, named?: FormRelay['named']) {
  return {
    hearing: {
      table: allPass,
      path: (task, model, account) => pathOf(`/audio/${task}`, model, account),
      ...(named && { named }),
    },
    speech: relaying('/audio/speech', SPEECH_FIELDS, pathOf),
    images: relaying('/images/generations', IMAGE_FIELDS, pathOf),
  } satisfies Pick<Provider, 'hearing' | 'speech' | 'images'>
}

const FULL: Printed = { kind: 'full', may: [] }

function relaying<In extends object>(
  path: string,
  names: readonly (keyof In & string)[],
  pathOf: PathOf,
): Service<In, never> {
  // A row for each of the names.
  const fields = Object.fromEntries(names.map((name) => [name, FULL])) as { readonly [K in keyof In]-?: Printed }
  return {
    relayed: true,
    table: { fields, extensions: {} },
    call: ({ fields: { ...asked }, text }, { model, account }) => ({
      path: pathOf(path, model, account),
      body: spliceValue(text, 'model', JSON.stringify(model)),
      streams: 'stream' in asked || 'stream_format' in asked,
    }),
  }
}
