// `npm run bench -- history [--posts 10000,100000,1000000] [--json FILE]`: measures the store and catching up, and prints two tables.
// `npm run bench -- start [--app FOLDER] [--json FILE]`: measures the start of the packed app against an empty window's.
// `npm run bench -- relay [--clients 60,1000] [--json FILE]`: measures a relay with many clients, and circuits against the direct way.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { measureHistory } from '../../test/bench/history.ts'
import { apartFrom } from '../../test/bench/start/apart.ts'
import { measureCircuits, measureClients } from '../../test/bench/relay/measure.ts'
import { measureStart } from '../../test/bench/start/start.ts'
import { measureReconcile } from '../../test/bench/reconcile.ts'
import { circuitTable, historyTable, reconcileTable, relayTable, startTable } from '../../test/bench/table.ts'

/** Posts that one of two histories lacks. */
const DIFFERENCES = [0, 1, 100, 10_000]

const USAGE = 'npm run bench -- history [--posts 10000,100000,1000000] [--json FILE]\nnpm run bench -- start [--app FOLDER] [--json FILE]\nnpm run bench -- relay [--clients 60,1000] [--json FILE]'

/** @param {string} sentence @returns {never} */
function fail(sentence) {
  console.error(`bench: ${sentence}\n${USAGE}`)
  process.exit(2)
}

function readFlags() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { json: { type: 'string' }, app: { type: 'string' }, clients: { type: 'string', default: '60,1000' }, posts: { type: 'string', default: '10000,100000,1000000' } }
    })
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}

const { positionals, values } = readFlags()
const [what] = positionals
if (positionals.length !== 1 || (what !== 'history' && what !== 'start' && what !== 'relay')) fail('what there is to measure is "history", "start" or "relay".')
const sizes = values.posts.split(',').map(Number)
if (!sizes.every((size, at) => Number.isSafeInteger(size) && size >= 1_000 && size % 1_000 === 0 && size > (sizes[at - 1] ?? 0))) {
  fail('--posts takes multiples of 1000, ascending, with commas between them.')
}

const crowds = values.clients.split(',').map(Number)
if (!crowds.every((size) => Number.isSafeInteger(size) && size >= 2 && size <= 4_000)) fail('--clients takes numbers from 2 to 4000, with commas between them.')

const folder = mkdtempSync(join(tmpdir(), 'natter-bench-'))
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => process.exit(1))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** A folder for one part's databases, which takes up to 2 GB; deleted when the part has ended. @template T @param {(part: string) => T | Promise<T>} work @returns {Promise<T>} */
async function inFolder(work) {
  const part = join(folder, 'part')
  mkdirSync(part)
  try {
    return await work(part)
  } finally {
    rmSync(part, { recursive: true, force: true })
  }
}

/** @param {string} line */
const say = (line) => console.error(line)

/** @param {unknown} figures */
function keep(figures) {
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`)
}

if (what === 'start') {
  const code = apartFrom(process.argv.slice(1))
  if (code !== undefined) process.exit(code)
  const figures = await inFolder((part) => measureStart(part, values.app, say))
  console.log(startTable(figures))
  keep(figures)
  process.exit(0)
}

if (what === 'relay') {
  /** @type {Awaited<ReturnType<typeof measureClients>>[]} */
  const relayRows = []
  for (const clients of crowds) {
    for (const protocol of /** @type {const} */ (['gossipsub', 'floodsub'])) relayRows.push(await measureClients(clients, protocol, say))
  }
  console.log(relayTable(relayRows))
  /** @type {Awaited<ReturnType<typeof measureCircuits>>[]} */
  const circuits = []
  for (const count of [1, 100]) {
    say(`${count} at once, through the relay and without it…`)
    circuits.push(await measureCircuits(count))
  }
  console.log(`\n${circuitTable(circuits)}`)
  keep({ rows: relayRows, circuits })
  process.exit(0)
}

const rows = await inFolder((part) => measureHistory(sizes, part, say))
console.log(historyTable(rows))

/** @type {Awaited<ReturnType<typeof measureReconcile>>[]} */
const reconcile = []
for (const posts of sizes) {
  await inFolder(async (part) => {
    for (const differ of DIFFERENCES) {
      say(`${posts.toLocaleString('en')} posts twice, ${differ.toLocaleString('en')} of them different…`)
      reconcile.push(await measureReconcile({ posts, differ, folder: part }))
    }
  })
}
console.log(`\n${reconcileTable(reconcile)}`)
keep({ rows, reconcile })
