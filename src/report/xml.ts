import { visible } from '../core/visible.ts'

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** A line as XML text or attribute value (XML 1.0 §2.4). */
export const xml = (text: string): string => visible(text).replace(/[&<>"]/g, (character) => entities[character] ?? '')
