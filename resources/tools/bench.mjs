// `npm run bench -- history [--posts 10000,100000,1000000] [--json FILE]`: measures the store and catching up, and prints two tables.
// `npm run bench -- start [--app FOLDER] [--json FILE]`: measures the start of the packed app against an empty window's.
// `npm run bench -- mesh [--nodes 10,30,50,100] [--json FILE] [--plots FOLDER]`: sends the same posts with both protocols through simulated networks;
// with `--from FILE` it draws what such a run wrote.
// `npm run bench -- counters [--pairs 1500] [--json FILE]`: what counting what passes costs who receives, by batches with and without it, in pairs.
// `npm run bench -- relay [--clients 60,1000] [--json FILE]`: measures a relay with many clients, and circuits against the direct way.
// `npm run bench -- paths [--runs 3] [--json FILE]`: brings desktops behind NATs of each kind together, and prints what became of their circuits. Needs root, for network namespaces.
// `npm run bench -- view [--json FILE]`: draws 200 peers in the view of the network, in the system's Chromium, and prints the frames a second.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { measureCounters } from '../../test/bench/counters/measure.ts'
import { measureHistory } from '../../test/bench/history.ts'
import { apartFrom } from '../../test/bench/start/apart.ts'
import { measurePaths } from '../../test/bench/paths.ts'
import { measureCircuits, measureClients } from '../../test/bench/relay/measure.ts'
import { measureMesh, meshFaults } from '../../test/bench/mesh/measure.ts'
import { measureStart } from '../../test/bench/start/start.ts'
import { measureView } from '../../test/bench/network-view.ts'
import { measureReconcile } from '../../test/bench/reconcile.ts'
import { circuitTable, countersTable, historyTable, meshTable, pathsTable, reconcileTable, relayTable, startTable, viewTable } from '../../test/bench/table.ts'

/** Posts that one of two histories lacks. */
const DIFFERENCES = [0, 1, 100, 10_000]

const USAGE = 'npm run bench -- history [--posts 10000,100000,1000000] [--json FILE]\nnpm run bench -- start [--app FOLDER] [--json FILE]\nnpm run bench -- relay [--clients 60,1000] [--json FILE]\nnpm run bench -- mesh [--nodes 10,30,50,100] [--json FILE] [--plots FOLDER] [--from FILE]\nnpm run bench -- paths [--runs 3] [--json FILE]\nnpm run bench -- view [--json FILE]\nnpm run bench -- counters [--pairs 1500] [--json FILE]'

/** Posts of each contender in the measure of the mesh. */
const MESH_POSTS = 100

/** @param {string} sentence @returns {never} */
function fail(sentence) {
  console.error(`bench: ${sentence}\n${USAGE}`)
  process.exit(2)
}

function readFlags() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { json: { type: 'string' }, plots: { type: 'string' }, from: { type: 'string' }, app: { type: 'string' }, nodes: { type: 'string', default: '10,30,50,100' }, clients: { type: 'string', default: '60,1000' }, runs: { type: 'string', default: '3' }, pairs: { type: 'string', default: '1500' }, posts: { type: 'string', default: '10000,100000,1000000' } }
    })
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}

const { positionals, values } = readFlags()
const [what] = positionals
const SUBJECTS = ['history', 'start', 'relay', 'mesh', 'paths', 'view', 'counters']
if (positionals.length !== 1 || !SUBJECTS.includes(what ?? '')) fail(`what there is to measure is one of ${SUBJECTS.join(', ')}.`)
const sizes = values.posts.split(',').map(Number)
if (!sizes.every((size, at) => Number.isSafeInteger(size) && size >= 1_000 && size % 1_000 === 0 && size > (sizes[at - 1] ?? 0))) {
  fail('--posts takes multiples of 1000, ascending, with commas between them.')
}

const crowds = values.clients.split(',').map(Number)
if (!crowds.every((size) => Number.isSafeInteger(size) && size >= 2 && size <= 10_000)) fail('--clients takes numbers from 2 to 10000, with commas between them.')

const networks = values.nodes.split(',').map(Number)
if (!networks.every((size) => Number.isSafeInteger(size) && size > 8 && size <= 100)) fail('--nodes takes numbers from 9 to 100, with commas between them.')

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

if (what === 'mesh') {
  const figures = values.from === undefined
    ? await measureMesh(networks, MESH_POSTS, say)
    : /** @type {Awaited<ReturnType<typeof measureMesh>>} */ (JSON.parse(readFileSync(values.from, 'utf8')))
  console.log(meshTable(figures))
  keep(figures)
  if (values.plots !== undefined) {
    // It takes a while to load.
    const { drawMesh } = await import('../../test/bench/mesh/plots.ts')
    await drawMesh(figures, values.plots)
  }
  const faults = meshFaults(figures)
  faults.forEach((fault) => console.error(`bench: ${fault}.`))
  process.exit(faults.length === 0 ? 0 : 1)
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

if (what === 'paths') {
  const runs = Number(values.runs)
  if (!Number.isSafeInteger(runs) || runs < 1 || runs > 100) fail('--runs takes a number from 1 to 100.')
  const paths = await measurePaths(runs, say, (done) => keep({ rows: done }))
  console.log(pathsTable(paths))
  process.exit(paths.every(({ failed }) => failed === 0) ? 0 : 1)
}

if (what === 'counters') {
  const pairs = Number(values.pairs)
  if (!Number.isSafeInteger(pairs) || pairs < 10 || pairs > 100_000) fail('--pairs takes a number from 10 to 100000.')
  /** @type {Awaited<ReturnType<typeof measureCounters>>[]} */
  const counted = []
  for (const neighbours of [1, 3]) {
    for (const protocol of /** @type {const} */ (['gossipsub', 'floodsub'])) {
      say(`${pairs.toLocaleString('en')} pairs of batches from ${neighbours} (${protocol})…`)
      counted.push(await measureCounters(protocol, neighbours, pairs))
    }
  }
  console.log(countersTable(counted))
  keep({ rows: counted })
  process.exit(0)
}

if (what === 'view') {
  const view = await measureView(say)
  console.log(viewTable(view))
  keep({ rows: view })
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
