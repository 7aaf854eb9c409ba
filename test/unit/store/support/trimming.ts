// Trims a topic piece by piece, and says of each piece when it is done. To be killed.
import { createStore } from '../../../../main/store/sqlite-store.ts'
import { DRIVER, KEY } from '../../../support/store.ts'

const [path = '', maxBytes = '0'] = process.argv.slice(2)
const store = await createStore({ path, key: KEY, driverPath: DRIVER })
const say = (line: string): void => { process.stdout.write(`${line}\n`) }
if (store.report.aside !== undefined) say(`aside ${store.report.aside.reason}`)
await store.setTopic('t', { maxBytes: Number(maxBytes) })
say('begun')
for (let more = true; more;) {
  const piece = await store.trim()
  more = piece.more
  say(`piece ${String(piece.removed.flatMap(({ ids }) => ids).length)}`)
}
await store.close()
say('done')
