// Every dialect that clients speak, one line each.
export { chat } from './chat/index.ts'
export { completions } from './completions/index.ts'
export { counting, messages } from './messages/index.ts'
export { responses } from './responses/index.ts'
