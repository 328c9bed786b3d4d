import { DurableObject } from 'cloudflare:workers'

export class KeyRecord extends DurableObject<Env> {}
