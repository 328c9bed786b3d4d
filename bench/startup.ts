// Compiles and evaluates a bundle once, with stand-ins for what only workerd has.
import { SourceTextModule, SyntheticModule } from 'node:vm'
import { serve } from './child.ts'

export type Startup = typeof functions

const functions = {
  async evaluate(code: string): Promise<number> {
    const from = performance.now()
    const module = new SourceTextModule(code)
    const compiled = performance.now() - from
    await module.link(async (name) => {
      const all: Record<string, unknown> = name.startsWith('node:')
        ? await import(name)
        : { DurableObject: class {}, WorkerEntrypoint: class {}, RpcTarget: class {}, env: {} }
      const names = Object.keys(all)
      return new SyntheticModule(names, function set() {
        for (const one of names) this.setExport(one, all[one])
      })
    })
    const linked = performance.now()
    await module.evaluate()
    return compiled + performance.now() - linked
  },
}

serve(functions)
