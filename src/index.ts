// The Worker's entry: the app and its Durable Objects.
export { KeyRecord } from './keys/record.ts'
export { Limiter } from './limits/limiter.ts'
export { default } from './app.ts'
