// What the types of all requests are made with: the fields of a shape, those that may be absent as optional ones.
import type * as z from 'zod/mini'

type Shape<T extends Record<string, z.ZodMiniType>> = { [K in keyof T]: z.infer<T[K]> }
type Optional<T> = { [K in keyof T as undefined extends T[K] ? K : never]?: T[K] } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K]
}
type Flat<T> = { [K in keyof T]: T[K] }

/** The fields that a shape names. A table that is total over its keys is total over the request. */
export type FieldsOf<T extends Record<string, z.ZodMiniType>> = Flat<Optional<Shape<T>>>
