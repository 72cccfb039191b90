/** What is wrong and what to do, as `complain` prints it. */
export type Refusal = { readonly ok: false; readonly what: string; readonly advice: string }

export const refuse = (what: string, advice: string): Refusal => ({ ok: false, what, advice })

export type Checked<T> = { readonly ok: true; readonly value: T } | Refusal
