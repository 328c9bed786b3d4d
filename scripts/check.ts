// `npm run check`: everything that can be known of the tree without a browser or a network. Stops at the first failure.
import { spawnSync } from 'node:child_process'

const STEPS: readonly (readonly [name: string, command: string])[] = [
  ['format and lint', 'biome ci --error-on-warnings'],
  ['types of the Worker', 'tsc --noEmit'],
  ['types of the page', 'tsc --noEmit -p tsconfig.page.json'],
  ['types of the scripts', 'tsc --noEmit -p tsconfig.node.json'],
  ['types of the tests', 'tsc --noEmit -p tsconfig.test.json'],
  ['dead code', 'knip'],
  ['bindings', 'wrangler types --include-runtime=false --strict-vars=false --env-file .dev.vars.example --check'],
  ['generated files', 'node scripts/generate.ts --check'],
  ['tests', 'vitest run'],
]

for (const [name, command] of STEPS) {
  const started = Date.now()
  process.stdout.write(`${name} …\n`)
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit' })
  if (status !== 0) {
    process.stderr.write(`\nFailed: ${name} (${command})\n`)
    process.exit(1)
  }
  process.stdout.write(`${name}: good (${((Date.now() - started) / 1000).toFixed(1)} s)\n`)
}
