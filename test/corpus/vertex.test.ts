// Those of Gemini's recorded answers that came from Vertex AI, through the provider that they belong to.
import { gemini } from './gemini-subject.ts'
import { replay } from './suite.ts'

const PLACE = /\/projects\/[^/]+\/locations\//

replay('gemini', {
  ...gemini,
  part: 'vertex',
  of: (one) => (PLACE.test(one.path) ? { ...one, provider: 'vertex' } : undefined),
  ignored: [
    {
      name: /./,
      field: 'message',
      example: 'opentelemetry-python-contrib.cassettes.test-generate-content-missing-model.0',
      where: ({ expected, actual }) => String(expected).replace(/projects\/[\w-]+/g, 'projects/-') === actual,
      reason: 'The project is the operator’s, and is not named.',
    },
  ],
})
