import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../../../resources/tools/paths.mjs'
import { until } from '../../net/support/until.ts'
import { bootMachine, type Machine, type Ran } from './support/machine.ts'
import { relayPackage } from './support/packages.ts'
import { judgeRules } from './support/promtool.ts'
import { expectMeeting } from './support/running.ts'

// docs/running-a-relay.md, followed word for word by somebody who logged in to a new server.

const GUIDE = readFileSync(join(root, 'docs/running-a-relay.md'), 'utf8')

interface Block { readonly heading: string, readonly kind: string, readonly text: string }

/** The fenced blocks of the guide, each with the heading above it. */
const blocks: readonly Block[] = GUIDE.split(/^(?=## )/m).flatMap((section) => {
  const heading = /^## (.*)$/m.exec(section)?.[1] ?? ''
  return [...section.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, kind = '', text = '']) => ({ heading, kind, text }))
})
const commands = blocks.filter(({ kind }) => kind === 'sh run')

let machine: Machine
beforeAll(async () => {
  machine = await bootMachine(execFileSync('dpkg-deb', ['--field', relayPackage('.deb'), 'Depends'], { encoding: 'utf8' }).trim())
  const brought = machine.bring(relayPackage('.deb'))
  renameSync(join(machine.folder, brought), join(machine.folder, 'root', basename(brought)))
})
afterAll(async () => machine.close())

/** Types a block as it stands, in root's home. */
const type = (text: string): Ran => machine.tries('bash', '-e', '-o', 'pipefail', '-c', `cd /root\n${text}`)
const log = (): string => machine.tries('journalctl', '--unit', 'natter-relay', '--output', 'cat', '--no-pager').out
/** A start that the next command may rely on. */
const settled = async (before: number): Promise<number> => until(() => log().split('/p2p/').length > before, 30_000, () => `the relay prints its addresses; it wrote ${log()}`)

it('has commands in the parts that promise some', () => {
  expect(new Set(commands.map(({ heading }) => heading))).toEqual(new Set(['Ten minutes', 'Port 443', 'Who is served', 'Figures and alerts', 'Stopping, moving, updating']))
})

it('each command does what the guide says, in its order', async () => {
  const said = new Map<string, string>()
  let peerId = ''
  for (const { heading, text } of commands) {
    const before = log().split('/p2p/').length
    const { status, out, err } = type(text)
    expect({ text, status, err: status === 0 ? '' : out + err }).toEqual({ text, status: 0, err: '' })
    said.set(text, out)
    if (/systemctl (?:re)?start|apt-get install/.test(text)) await settled(before)
    if (text.startsWith('journalctl')) {
      expect(heading === 'Ten minutes' ? out : '/p2p/').toContain('/p2p/')
      peerId ||= /^\/ip4\/203\.0\.113\.7\/tcp\/4001\/p2p\/(12D3\w+)$/m.exec(out)?.[1] ?? ''
    }
  }
  expect(peerId).not.toBe('')
  const find = (part: string): string => [...said].find(([text]) => text.includes(part))?.[1] ?? ''
  expect(find('systemctl status')).toContain('active (running)')
  expect(find('--health-check')).toContain(peerId)
  // It cannot reach an authority here, and says that and nothing else.
  expect(log()).toMatch(/Nobody reaches the relay with TLS before there is one/)
  expect(log()).not.toMatch(/is not defined|is not a function/)
  // Moved out and in again, it is the same relay, and it serves people.
  expect(log().split('\n').filter((line) => line.includes('/p2p/')).at(-1)).toContain(peerId)
  expectMeeting(`/ip4/127.0.0.1/tcp/4001/p2p/${peerId}`, machine.enterNetwork)
  const grouped = machine.run('systemctl', 'show', '--value', '--property', 'SupplementaryGroups', 'natter-relay').trim()
  expect(grouped).toBe('relay-tls')
})

it('the alerts are rules that Prometheus takes, about figures that the relay has', () => {
  const rules = blocks.find(({ kind }) => kind === 'yaml rules')?.text ?? ''
  const place = mkdtempSync(join(tmpdir(), 'natter-rules-'))
  try {
    writeFileSync(join(place, 'rules.yml'), rules)
    expect(judgeRules(join(place, 'rules.yml'))).toMatchObject({ status: 0 })
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
  const figures = machine.run('curl', '--silent', '--fail', 'http://127.0.0.1:9464/metrics')
  for (const name of rules.match(/\b(?:natter|nodejs|process)_\w+/g) ?? []) expect(figures).toContain(`\n${name}`)
  expect(figures).toContain('natter_relay_refused_total{reason="reservations"}')
})
