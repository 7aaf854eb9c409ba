import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { isOnNetwork } from '../../main/node/reachability/own-network.ts'

const module = fileURLToPath(new URL('../../main/node/reachability/own-network.ts', import.meta.url))
const ask = `import(process.argv[1]).then(async ({ isOnNetwork }) => console.log(await isOnNetwork()))`

/** Asks in a network namespace of its own, in which `setup` was run before. */
function askApart (setup: string): string {
  const { stdout, stderr } = spawnSync('unshare', ['--net', '--map-root-user', 'sh', '-c', `${setup} && exec "$0" "$@"`, process.execPath, '-e', ask, module], { encoding: 'utf8' })
  return stdout.trim() || stderr
}

it.runIf(process.platform === 'linux')('a computer with nothing but itself is on no network; a cable that leads somewhere makes one, and so does a way to the local network', async () => {
  expect(askApart('ip link set lo up')).toBe('false')
  expect(askApart('ip link set lo up multicast on && ip route add 224.0.0.0/4 dev lo')).toBe('true')
  const cable = 'ip link add lan type veth peer name there && ip address add 192.0.2.1/24 dev lan && ip link set lan up'
  expect(askApart(cable), 'its other end is loose').toBe('false')
  expect(askApart(`${cable} && ip link set there up`)).toBe('true')
  expect(typeof await isOnNetwork()).toBe('boolean')
})
