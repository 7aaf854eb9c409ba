// Runs on any Node from 20 up and hands the named task to the Node 24 that the lockfile pins.
// npm 10 links no `.bin/node` for that package, so the scripts of package.json enter here.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { relayNodeFlags } from './relay-flags.mjs'

const tools = dirname(fileURLToPath(import.meta.url))
const root = dirname(dirname(tools))

/** libp2p 3 uses Promise.withResolvers, which Node has from 22 on. */
const oldestNode = 22

/** What each npm script runs. The relay is plain TypeScript, which Node 24 reads as it is. */
const tasks = /** @type {Record<string, string>} */ ({
  start: join(tools, 'start.mjs'),
  build: join(tools, 'build.mjs'),
  relay: join(root, 'main/relay/index.ts'),
  test: join(tools, 'test.mjs'),
  bench: join(tools, 'bench.mjs'),
  package: join(tools, 'package.mjs'),
  'sign-feed': join(tools, 'sign-feed.mjs'),
  'sign-relays': join(tools, 'sign-relays.mjs'),
  'package-relay': join(tools, 'relay-package.mjs'),
  'update-key': join(tools, 'update-key.mjs'),
  proto: join(tools, 'proto.mjs')
})

/** @param {string} sentence @returns {never} */
function fail(sentence) {
  console.error(`natter: ${sentence}`)
  process.exit(2)
}

function findNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const binary = process.platform === 'win32' ? 'node.exe' : 'node'
  const pinned = join(root, 'node_modules', `node-${platform}-${process.arch}`, 'bin', binary)
  if (existsSync(pinned)) return pinned
  if (Number(process.versions.node.split('.')[0]) >= oldestNode) return process.execPath
  return fail(
    `this is Node ${process.versions.node} and Natter needs ${String(oldestNode)} or newer: ` +
      'run `npm ci` without `--omit=optional`, which brings Node 24 along.'
  )
}

const [name = '', ...args] = process.argv.slice(2)
const entry = Object.hasOwn(tasks, name) ? tasks[name] : undefined
if (entry === undefined) fail(`unknown task "${name}"; there are ${Object.keys(tasks).join(', ')}.`)
if (!existsSync(join(root, 'node_modules'))) fail('the dependencies are missing: run `npm ci` first.')
if (!existsSync(entry)) fail(`${entry} is missing, so "${name}" cannot run.`)

const node = findNode()
const child = spawn(node, [...name === 'relay' ? relayNodeFlags : [], entry, ...args], {
  stdio: 'inherit',
  // npm and everything it starts find the same Node first.
  env: { ...process.env, PATH: `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env['PATH'] ?? ''}` }
})
child.on('error', (error) => fail(`${node} did not start: ${error.message}`))

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    // A terminal sends Ctrl-C to the child as well; once is enough.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
  })
}
child.on('exit', (code, signal) => {
  process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
})
