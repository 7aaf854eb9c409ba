import { describe, expect, it } from 'vitest'
import type { Check, CheckFinding } from '../../../../preload/contract/index.ts'
import { reportOf, shortenAddresses } from '../../../../main/node/check/report.ts'

const ME = '12D3KooWEU4QF4sLjbzmyLv9iFW2YXCFM9zzpVnHB8vSemKHmjTF'
const RELAY = '12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'
const from = { peerId: ME, version: '0.1.0', platform: 'linux', relays: [`/ip4/198.51.100.7/tcp/443/p2p/${RELAY}`, `/ip6/2001:db8:1::7/tcp/443/p2p/${RELAY}`] }

function check (finding?: CheckFinding, more: Partial<Check> = {}): Check {
  return { id: 1, state: 'done', startedAt: Date.UTC(2026, 10, 23, 5, 20, 59), took: 6_140, steps: [{ id: 'place', title: 'Does a relay listen for you?', ...(finding === undefined ? {} : { finding }) }], cause: 'place', ...more }
}

describe('a report', () => {
  it('says what was found, what to do, and what shows it', () => {
    const evidence = [`Relay ${RELAY}: It is full.`]
    expect(reportOf(check({ state: 'bad', words: 'No relay listens for you. It is full.', advice: 'Add another relay.', evidence }, { person: RELAY }), from)).toBe([
      '# Why can’t I connect? A check by Natter', '',
      '- Natter 0.1.0 on linux',
      '- 2026-11-23 05:20 UTC, by this computer’s clock; it took 6.1 s',
      `- Own peer id: ${ME}`,
      `- Peer id of the other person: ${RELAY}`,
      '- What explains most: No relay listens for you. It is full.', '',
      '## Does a relay listen for you?', '',
      '**Problem.** No relay listens for you. It is full.', '',
      'What to do: Add another relay.', '',
      `- Relay ${RELAY}: It is full.`, ''
    ].join('\n'))
  })

  it('says what was not finished', () => {
    const { cause, took, ...rest } = check(undefined, { state: 'stopped' })
    expect([cause, took]).toEqual(['place', 6_140])
    const report = reportOf(rest, from)
    expect(report).toContain('it was not finished')
    expect(report).toContain('Not finished.')
    expect(report).toContain('nothing was found in the way')
  })

  it('shortens IP addresses, but for the relays’', () => {
    const words = 'Relay x at /ip4/198.51.100.7/tcp/443 sees 192.168.1.23:40001 as 203.0.113.9:40001; [2001:db8:2:3::4]:1 and /ip6/2001:db8:1::7/tcp/443 and 2a00:1:2:3:4:5:6:7.'
    const report = reportOf(check({ state: 'good', words, advice: '', evidence: [] }), from)
    expect(report).toContain('/ip4/198.51.100.7/tcp/443 sees 192.168.x.x:40001 as 203.0.x.x:40001; [2001:db8:x]:1 and /ip6/2001:db8:1::7/tcp/443 and 2a00:1:x.')
    for (const secret of ['192.168.1.23', '203.0.113.9', '2001:db8:2', '2a00:1:2']) expect(report).not.toContain(secret)
  })

  it('leaves out names of computers other than the relays’, and of proxies', () => {
    const named = { ...from, relays: ['/dns4/relay.example.org/tcp/443/tls/ws/p2p/x'] }
    const words = 'Relay x at /dns4/relay.example.org/tcp/443 through the proxy proxy.office.example:3128: TCP 1 ms. The proxy [2001:db8::5]:3128 asks for a user. At /dns4/adas-home.example/tcp/4001: nothing comes back.'
    const report = reportOf(check({ state: 'bad', words, advice: '', evidence: [words] }), named)
    expect(report).toContain('- Relay x at /dns4/relay.example.org/tcp/443 through the proxy: TCP 1 ms. The proxy asks for a user. At /dns4/…/tcp/4001: nothing comes back.')
    for (const secret of ['office', 'adas-home', '2001']) expect(report).not.toContain(secret)
  })

  it('lets strangers write no headings, links, pictures or tags', () => {
    const hostile = 'no\n# Natter is hacked\r\n\u2028![x](https://evil.example/x.png) <img src=x onerror=alert(1)> `rm`\u202e'
    const report = reportOf(check({ state: 'bad', words: hostile, advice: hostile, evidence: [hostile] }), from)
    expect(report.split('\n').filter((line) => line.startsWith('#'))).toEqual(['# Why can’t I connect? A check by Natter', '## Does a relay listen for you?'])
    expect(report).not.toMatch(/\]\(|<|`|\u202e|\u2028|\r/u)
  })

  it('leaves times and versions alone', () => {
    const text = 'Natter 1.2.3 at 05:20:59, 12 ms, 1.2.3.4.5'
    expect(shortenAddresses(text, new Set())).toBe(text)
  })
})
