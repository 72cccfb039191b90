/**
 * A value while it is put together. Readers of the hot path set optional properties one by one: an object literal with a
 * conditional spread takes ten times as long (measured on Node 20).
 */
export type Writable<T> = { -readonly [K in keyof T]: T[K] }
