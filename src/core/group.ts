/** Adds to the list of a key, which is begun where there is none. */
export const addTo = <K, V>(lists: Map<K, V[]>, key: K, ...values: readonly V[]): void => {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [...values])
  else for (const value of values) list.push(value)
}

/** Items by key, in their order. */
export const groupBy = <K, V>(items: readonly V[], keyOf: (item: V) => K): ReadonlyMap<K, readonly V[]> => {
  const lists = new Map<K, V[]>()
  for (const item of items) addTo(lists, keyOf(item), item)
  return lists
}
