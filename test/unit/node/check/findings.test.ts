import { multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import type { RelayProbe } from '../../../../main/node/check/relay-probe.ts'
import { judgeDialBack } from '../../../../main/node/check/steps/dial-back.ts'
import { judgePerson, type Try } from '../../../../main/node/check/steps/person.ts'
import { judgePlaces, type Stand } from '../../../../main/node/check/steps/place.ts'
import { judgeRelays } from '../../../../main/node/check/steps/relays.ts'
import { judgeTalk, type Common } from '../../../../main/node/check/steps/talk.ts'
import type { DialBackFinding } from '../../../../main/node/reachability/dial-back-client.ts'
import type { CheckFinding } from '../../../../preload/contract/index.ts'

type State = CheckFinding['state']
const found = (state: State, words: RegExp, advice = /(?:)/u): object => ({ state, words: expect.stringMatching(words) as string, advice: expect.stringMatching(advice) as string })

describe('a place on a relay', () => {
  const stand = (state: Stand['relay']['state'], more: Partial<Stand> & { readonly detail?: string } = {}): Stand => ({ relay: { peerId: '12D3r', state, detail: more.detail ?? '' }, reason: more.reason, connected: more.connected ?? true })

  it.each<readonly [string, readonly Stand[], State, RegExp, RegExp]>([
    ['held', [stand('reserved'), stand('reserved')], 'good', /^2 relays listen for you\.$/u, /^$/u],
    ['held once', [stand('reserved'), stand('refused', { reason: 'reservations' })], 'good', /^1 relay listens for you\.$/u, /second relay/u],
    ['held on one that closes', [stand('reserved', { reason: 'draining' })], 'warn', /about to close/u, /another relay/u],
    ['refused: full', [stand('refused', { reason: 'reservations' })], 'bad', /It is full\.$/u, /--max-reservations/u],
    ['refused: the limit for an address', [stand('refused', { reason: 'reservationsPerAddress' })], 'bad', /no more people from this address\.$/u, /limit for an address/u],
    ['refused: not on the list', [stand('refused', { reason: 'notAllowed' })], 'bad', /people whom its owner named/u, /Send your peer id/u],
    ['refused: banned', [stand('refused', { reason: 'banned' })], 'bad', /lets nobody in from here/u, /Ask whoever runs/u],
    ['refused: closing', [stand('refused', { reason: 'draining' })], 'bad', /closing down/u, /once the relay is back/u],
    ['refused by another program', [stand('refused', { connected: false, detail: 'It has reached its limits.' })], 'bad', /It has reached its limits\.$/u, /another relay/u],
    ['not taken though nothing is in the way', [stand('refused')], 'bad', /nothing is in the way/u, /clock/u],
    ['nobody to ask', [stand('connecting', { connected: false })], 'bad', /none could be asked/u, /said above/u]
  ])('%s', (_, stands, state, words, advice) => {
    expect(judgePlaces(stands)).toMatchObject(found(state, words, advice))
  })
})

describe('a dial-back', () => {
  const dialled = (reached: boolean, reason = ''): DialBackFinding => ({ relay: '12D3r', at: 0, reached, address: '/ip4/203.0.113.9/tcp/5000', reason })

  it.each<readonly [string, readonly DialBackFinding[], State, RegExp]>([
    ['that came through', [dialled(false, 'Nobody answered.'), dialled(true)], 'good', /reached you/u],
    ['that did not', [dialled(false, 'Nobody answered.')], 'warn', /^Nobody outside can connect/u],
    ['that was put off', [dialled(false, 'There are too many dial-backs at the moment; ask again in a minute.')], 'unknown', /did not dial back/u],
    ['that nobody does', [], 'unknown', /^No relay that you are connected to/u]
  ])('%s', (_, answers, state, words) => {
    expect(judgeDialBack(answers, 5_000)).toMatchObject(found(state, words))
  })

  it('names the port to open', () => {
    expect(judgeDialBack([dialled(false, 'Nobody answered.')], 5_000).advice).toContain('TCP port 5000')
  })
})

describe('a person’s address', () => {
  const direct = multiaddr('/ip4/203.0.113.9/tcp/5000')
  const circuit = multiaddr('/ip4/198.51.100.7/tcp/4001/p2p/12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo/p2p-circuit')
  const at = (outcome: Try['outcome'], address = circuit, words = 'it says why.'): Try => ({ address, outcome, words })

  it.each<readonly [string, readonly Try[], State, RegExp]>([
    ['where they answer, at last', [at('silent', direct), at('reached')], 'good', /^They answered just now, through relay 12D3KooWQY/u],
    ['where they answer themselves', [at('reached', direct)], 'good', /directly\.$/u],
    ['that is stale', [at('silent', direct), at('gone')], 'bad', /their address is stale/u],
    ['where the relay lets nobody through', [at('refused')], 'bad', /lets nobody through to them\. it says why\.$/u],
    ['behind a relay that is silent', [at('between')], 'unknown', /relay between you two does not answer/u],
    ['where nothing comes back', [at('silent', direct)], 'bad', /^Nothing comes back/u]
  ])('%s', (_, tries, state, words) => {
    expect(judgePerson(tries, 'They said so.')).toMatchObject(found(state, words))
    expect(judgePerson(tries, 'They said so.').evidence).toEqual(['They said so.', ...tries.map((one) => one.words)])
  })
})

describe('what two have in common', () => {
  const common = (more: Partial<Common> = {}): Common => ({ agent: 'natter/0.1.0', current: 'gossipsub', common: ['/meshsub/1.2.0'], shared: 1, isLimited: false, ...more })

  it.each<readonly [string, Partial<Common>, State, RegExp, RegExp]>([
    ['all that it takes', {}, 'good', /^You share 1 topic, and a protocol/u, /^$/u],
    ['no protocol', { common: [] }, 'bad', /^You use Gossipsub, and they speak no protocol/u, /Switch the protocol/u],
    ['no protocol with Floodsub', { common: [], current: 'floodsub' }, 'bad', /^You use Floodsub/u, /Switch the protocol/u],
    ['no topic', { shared: 0 }, 'bad', /on no topic together/u, /Invite them/u],
    ['a path with limits, and Natter', { isLimited: true, shared: 2 }, 'good', /2 topics.*Natter renews it/u, /^$/u],
    ['a path with limits, and another program', { isLimited: true, agent: 'go-libp2p/0.40' }, 'warn', /most other programs do not talk over such/u, /no limits/u]
  ])('%s', (_, more, state, words, advice) => {
    expect(judgeTalk(common(more))).toMatchObject(found(state, words, advice))
  })

  it('shows what the other program calls itself, without what could pass for more', () => {
    expect(judgeTalk(common({ agent: 'x](http://evil)\n# y' })).evidence[0]).toBe('Their program calls itself x??http?//evil??? y.')
  })
})

describe('relays', () => {
  const probe = (words?: string): RelayProbe => ({ peerId: '12D3r', address: multiaddr('/ip4/198.51.100.7/tcp/4001/p2p/12D3KooWQYhTNQdmr3ArTeUHRYzFg94BKyTkoWBDWez9kSCVe2Xo'), steps: [{ step: 'tcp', ms: 10 }, { step: 'handshake', ms: 20.4 }], ...(words === undefined ? {} : { failure: { words, refused: false } }) })

  it.each<readonly [string, readonly RelayProbe[], State, RegExp, RegExp]>([
    ['none', [], 'bad', /^No relay is in use/u, /Add a relay/u],
    ['that answer, and how fast', [probe()], 'good', /^Your relay answers, after 30 ms\.$/u, /^$/u],
    ['some', [probe(), probe('It does not answer.')], 'warn', /^1 relay of 2 cannot be used/u, /whether it is up/u],
    ['that are down', [probe('Nobody answers at its address.')], 'bad', /Nobody answers/u, /no relay runs on it/u],
    ['with another peer id', [probe('Another peer answers at this address.')], 'bad', /Another peer/u, /the peer id in it is not/u],
    ['whose certificate is over', [probe('Its certificate ran out; whoever runs it has to renew it.')], 'bad', /certificate/u, /clock of this computer first/u],
    ['whose name is unknown', [probe('Its name does not resolve.')], 'bad', /name/u, /spelt right/u]
  ])('%s', (_, probes, state, words, advice) => {
    expect(judgeRelays(probes)).toMatchObject(found(state, words, advice))
  })

  it('shows each step of a connection', () => {
    expect(judgeRelays([probe()]).evidence).toEqual(['Relay 12D3r at /ip4/198.51.100.7/tcp/4001: TCP 10 ms, handshake 20 ms.'])
  })
})
