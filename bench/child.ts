// Functions that run in a process of their own, so that what they cost is not counted with the Worker.
import { fork } from 'node:child_process'

type Functions = { readonly [name: string]: (argument: never) => unknown }

interface Question {
  readonly id: number
  readonly name: string
  readonly argument: never
}

type Answer = { readonly id: number; readonly result?: unknown; readonly error?: string }

export interface Child<F> {
  call<N extends keyof F & string>(
    name: N,
    argument: F[N] extends (argument: infer A) => unknown ? A : never,
  ): Promise<F[N] extends (argument: never) => infer R ? Awaited<R> : never>
  stop(): void
}

/** In the child: the functions that the parent may call. */
export function serve(functions: Functions): void {
  process.on('message', async ({ id, name, argument }: Question) => {
    let answer: Answer
    try {
      answer = { id, result: await functions[name]?.(argument) }
    } catch (thrown) {
      answer = { id, error: thrown instanceof Error ? thrown.message : String(thrown) }
    }
    process.send?.(answer)
  })
  process.on('disconnect', () => process.exit())
}

/** In the parent: starts a file that serves `F`. */
export function start<F>(file: string, flags: readonly string[] = []): Child<F> {
  const child = fork(file, { execArgv: [...flags] })
  const waiting = new Map<number, PromiseWithResolvers<never>>()
  let last = 0
  child.on('message', ({ id, result, error }: Answer) => {
    const one = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) one?.resolve(result as never)
    else one?.reject(new Error(error))
  })
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`${file} ended with ${code}.`))
  })
  return {
    call(name, argument) {
      const one = Promise.withResolvers<never>()
      waiting.set(++last, one)
      child.send({ id: last, name, argument })
      return one.promise
    },
    stop: () => child.disconnect(),
  }
}
