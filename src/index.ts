// The Worker's entry: the app and its Durable Objects.

export { default } from './app.ts'
export { KeyRecord } from './keys/record.ts'
export { Limiter } from './limits/limiter.ts'
export { ResponseStore } from './responses/store.ts'
