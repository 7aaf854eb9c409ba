import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { fetchListFrom, readReferences } from '../../../../main/desktop/relay-sources/lists/given.ts'
import { createRelayLists, type RelayLists } from '../../../../main/desktop/relay-sources/lists/lists.ts'
import { readListReference } from '../../../../main/desktop/relay-sources/lists/reference.ts'
import { MAX_LISTED, openList } from '../../../../main/desktop/relay-sources/lists/signed-list.ts'
import { createSettings } from '../../../../main/settings/settings.ts'
import { signRelayList } from '../../../../resources/tools/sign-relays.mjs'
import { makeUpdateKey } from '../../../../resources/tools/update-key.mjs'
import { makeRelayAddress } from '../../support/peers.ts'

const { signing } = makeUpdateKey('2026-a')
const { address } = await makeRelayAddress()
const LATER = '2999-01-01T00:00:00Z'
const base = { title: 'Ours', sequence: 1, expires: LATER, relays: [address] }
const sign = (list: unknown, key = signing): Uint8Array => signRelayList(Buffer.from(typeof list === 'string' ? list : JSON.stringify(list)), key).bytes
const { key } = signRelayList(Buffer.from('x'), signing)
const reference = `natter-relays:${key}@https://example.org/relays.json`

describe('a signed list', () => {
  it('is read once its signature holds', () => {
    expect(openList(sign(base), key)).toEqual({ title: 'Ours', sequence: 1, expires: Date.parse(LATER), addresses: [address] })
    // Signed anew, it carries one signature.
    expect(openList(sign(Buffer.from(sign(base)).toString()), key).addresses).toEqual([address])
  })

  it.each([
    ['unsigned', (): Uint8Array => Buffer.from(JSON.stringify(base))],
    ['signed with another key', (): Uint8Array => sign(base, makeUpdateKey('2026-b').signing)],
    ['changed after it was signed', (): Uint8Array => Buffer.from(Buffer.from(sign(base)).toString().replace('Ours', 'Mine'))],
    ['too large', (): Uint8Array => sign({ ...base, more: 'x'.repeat(70_000) })],
    ['no JSON', (): Uint8Array => sign('relays: []')],
    ['without a number', (): Uint8Array => sign({ ...base, sequence: 'x' })],
    ['without an end', (): Uint8Array => sign({ ...base, expires: 'never' })],
    ['empty', (): Uint8Array => new Uint8Array(0)]
  ])('is refused: %s', (_, make) => {
    expect(() => openList(make(), key)).toThrow(expect.objectContaining({ name: 'NodeError', code: 'ERR_BAD_ADDRESS' }) as Error)
  })

  it('gives so many relays, and passes over what is none', () => {
    const relays = ['x', '/ip4/203.0.113.7/udp/4001/quic-v1', ...Array.from({ length: 200 }, (_, at) => address.replace('4001', String(at + 1)))]
    expect(openList(sign({ ...base, relays }), key).addresses).toHaveLength(MAX_LISTED)
  })
})

describe('a list\'s reference', () => {
  it('names key and place', () => {
    expect(readListReference(` ${reference}\n`)).toMatchObject({ text: reference, key })
    expect(readListReference(`natter-relays:${key}@file:///etc/natter/relays.json`, true).url.pathname).toBe('/etc/natter/relays.json')
  })

  it.each(['natter-relays:', `natter-relays:${key}`, `natter-relays:short@https://example.org/`, `natter-relays:${key}@http://example.org/`, `natter-relays:${key}@file:///etc/passwd`, `natter-relays:${key}@https://a:b@example.org/`, `natter-relays:${key}@`])('is refused: %s', (text) => {
    expect(() => readListReference(text)).toThrow(expect.objectContaining({ code: 'ERR_BAD_ADDRESS' }) as Error)
  })
})

describe('lists', () => {
  let settings: ReturnType<typeof createSettings>
  let lists: RelayLists
  let content: Uint8Array | Error
  let system: readonly string[]
  beforeEach(() => {
    settings = createSettings()
    content = sign(base)
    system = []
    lists = createRelayLists({
      settings,
      fetchList: async () => {
        if (content instanceof Error) throw content
        return content
      },
      given: async () => ({ shipped: [], system }),
      onChange: () => {}
    })
  })

  it('are added, followed, and removed by the person', async () => {
    await lists.add(reference)
    expect(lists.listed()).toEqual([{ title: 'Ours', addresses: [address] }])
    content = sign({ ...base, sequence: 2, relays: [] })
    await lists.look(true)
    expect(lists.states()).toMatchObject([{ title: 'Ours', origin: 'person', relays: 0, trouble: '' }])
    lists.remove(lists.states()[0]?.id ?? '')
    expect(settings.stored().relayLists).toEqual([])
  })

  it('are never followed to an older one, nor beyond their end, and stay as they were where they cannot be read', async () => {
    content = sign({ ...base, sequence: 5 })
    await lists.add(reference)
    for (const [next, words] of [[sign({ ...base, sequence: 4, relays: [] }), /older than what was read before/u], [sign({ ...base, sequence: 6, expires: '2020-01-01T00:00:00Z' }), /ran out on 2020-01-01/u], [new Error('x'), /example\.org cannot be read now/u]] as const) {
      content = next
      await lists.look(true)
      expect(lists.states()[0]?.trouble).toMatch(words)
      expect(lists.listed()).toEqual([{ title: 'Ours', addresses: [address] }])
    }
    settings.update({ relayLists: settings.stored().relayLists.map((list) => ({ ...list, expires: 1 })) })
    expect(lists.listed()).toEqual([])
  })

  it('that this computer brings are there by themselves, and not the person\'s to remove', async () => {
    system = ['rubbish', reference]
    await lists.look()
    expect(lists.states()).toMatchObject([{ title: 'Ours', origin: 'system', relays: 1 }])
    lists.remove(lists.states()[0]?.id ?? '')
    expect(lists.states()).toHaveLength(1)
  })

  it('are read by nobody where lists are switched off', async () => {
    system = [reference]
    settings.update({ relaysFromLists: false })
    await lists.look(true)
    expect(settings.stored().relayLists).toEqual([])
  })
})

it('files of references and lists are read, so much of them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'natter-lists-'))
  onTestFinished(async () => rm(folder, { recursive: true }))
  const noFetch = async (): Promise<Response> => { throw new Error('no web here') }
  await writeFile(join(folder, 'lists'), `# ours\n${reference}\n\n`)
  await writeFile(join(folder, 'list.json'), sign(base))
  await writeFile(join(folder, 'large'), 'x'.repeat(100_000))
  expect(await readReferences(join(folder, 'lists'))).toEqual([reference])
  expect(await readReferences(join(folder, 'none'))).toEqual([])
  expect(await readReferences(join(folder, 'large'))).toEqual([])
  expect(openList(await fetchListFrom(pathToFileURL(join(folder, 'list.json')), noFetch), key).title).toBe('Ours')
  await expect(fetchListFrom(pathToFileURL(join(folder, 'large')), noFetch)).rejects.toThrow(/larger/u)
})
