// Keeps posts without end, some at once, and says of each when it is kept. To be killed.
import { createStore } from '../../../../main/store/sqlite-store.ts'
import { DRIVER, KEY, makePost, makePosts } from '../../../support/store.ts'

const [path = '', from = '0'] = process.argv.slice(2)
const store = await createStore({ path, key: KEY, driverPath: DRIVER })
const own = { own: true, author: 'me', delivery: { kind: 'queued' } } as const
let next = Number(from)

const say = (line: string): void => { process.stdout.write(`${line}\n`) }
if (store.report.aside !== undefined) say(`aside ${store.report.aside.reason}`)

/** Each of these appends without waiting for the others; every seventh time a few posts that stand or fall together. */
async function append (): Promise<never> {
  for (;;) {
    const first = next
    const count = first % 7 === 0 ? 5 : 1
    next += count
    await store.append(count === 1 ? [makePost(first, own)] : makePosts(first, first + count))
    say(Array.from({ length: count }, (_, index) => first + index).join('\n'))
  }
}
await Promise.all([append(), append(), append()])
