// Node 20 lacks two functions that libp2p and we use. Loaded before anything else.

interface Resolvers<T> {
  promise: Promise<T>
  resolve: (value: T | PromiseLike<T>) => void
  reject: (reason?: unknown) => void
}

/** As ECMAScript 2024 has it. */
export function withResolvers<T> (): Resolvers<T> {
  let [resolve, reject]: [Resolvers<T>['resolve'], Resolvers<T>['reject']] = [() => {}, () => {}]
  const promise = new Promise<T>((...functions) => { [resolve, reject] = functions })
  return { promise, resolve, reject }
}

/** As ECMAScript 2024 has it. */
export function groupBy<K, T> (items: Iterable<T>, keyOf: (item: T, index: number) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  let index = 0
  for (const item of items) {
    const key = keyOf(item, index++)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

function fillIn (target: object, name: string, value: unknown): void {
  if (!(name in target)) Object.defineProperty(target, name, { value, configurable: true, writable: true })
}

fillIn(Promise, 'withResolvers', withResolvers)
fillIn(Map, 'groupBy', groupBy)
