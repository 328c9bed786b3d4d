// `npm run bench`, or `npm run bench -- --quick`: what the gateway costs beside Workers that do less. Nothing here is a
// test: a target that is missed is said, and only what is broken makes it fail.
import { availableParallelism, cpus, loadavg } from 'node:os'
import { startBench } from './bench.ts'
import { size, startup } from './bundle.ts'
import { decisions, limited, limiterCalls } from './limits.ts'
import { firstByte, hugeEvent, requests } from './requests.ts'
import { burst, paced } from './streams.ts'
import { print, type Row } from './table.ts'

const MEASURES = { burst, paced, requests, limited, limiterCalls, decisions, firstByte, hugeEvent, size, startup }

const bench = await startBench(process.argv.includes('--quick'))
try {
  const rows: Row[] = []
  const loads: number[] = []
  for (const [name, measure] of Object.entries(MEASURES)) {
    process.stderr.write(`${name} …\n`)
    rows.push(...(await measure(bench)))
    loads.push(loadavg()[0] ?? 0)
  }
  print(rows)
  const met = rows.filter(({ reached }) => reached).length
  console.log(`\n${met} of ${rows.filter(({ reached }) => reached !== undefined).length} targets are reached.`)
  console.log(
    `Node ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model}, load ${Math.min(...loads)} to ${Math.max(...loads)}.`,
  )
} finally {
  await bench.stop()
}
