import fc from 'fast-check'
import { expect, it } from 'vitest'
import { mergeOlder } from '../../../main/settings/merge.ts'
import { DEFAULT_SETTINGS, PLAIN_KEYS, PRIVATE_KEYS, plainText, privateText, readPlainFile, readPrivateText, type StoredSettings } from '../../../main/settings/schema.ts'
import { seal, sealingKeyOf, unseal } from '../../../main/settings/sealed.ts'

const words = fc.string({ minLength: 1, maxLength: 12, unit: 'binary' })
const stored: fc.Arbitrary<StoredSettings> = fc.record({
  displayName: words, mdns: fc.boolean(), listenPort: fc.integer({ min: 0, max: 65_535 }), theme: fc.constantFrom('system', 'light', 'dark'),
  subscriptions: fc.uniqueArray(words), unwantedRelays: fc.uniqueArray(words), blocked: fc.uniqueArray(fc.record({ peerId: words, name: words, since: fc.integer() }), { selector: ({ peerId }) => peerId })
}).map((some) => ({ ...DEFAULT_SETTINGS, ...some }))

it('merging loses no entry of either, and no value that somebody set', () => {
  fc.assert(fc.property(stored, stored, (ours, older) => {
    const merged = mergeOlder(ours, older)
    expect(Object.keys(merged).sort()).toEqual(Object.keys(DEFAULT_SETTINGS).sort())
    expect(new Set(merged.subscriptions)).toEqual(new Set([...ours.subscriptions, ...older.subscriptions]))
    expect(new Set(merged.blocked.map(({ peerId }) => peerId))).toEqual(new Set([...ours.blocked, ...older.blocked].map(({ peerId }) => peerId)))
    expect(merged.listenPort).toBe(older.listenPort === 0 ? ours.listenPort : older.listenPort)
    expect(merged.theme).toBe(older.theme === 'system' ? ours.theme : older.theme)
    expect(mergeOlder(merged, older)).toEqual(merged)
    expect(mergeOlder(ours, DEFAULT_SETTINGS)).toEqual(ours)
  }))
})

it('every setting is in one file, and comes back from it', () => {
  expect(PLAIN_KEYS.filter((key) => (PRIVATE_KEYS as readonly string[]).includes(key))).toEqual([])
  // Whoever adds one here says that it is needed before the identity key is open, and tells nothing of the person.
  expect([...PLAIN_KEYS].sort()).toEqual(['checkUpdates', 'notificationText', 'notifications', 'proxy', 'stayReachable', 'theme', 'toldOfStaying', 'updateFeed', 'window'])
  fc.assert(fc.property(stored, (settings) => {
    const [plain, secret] = [readPlainFile(plainText(settings, true)), readPrivateText(privateText(settings, undefined))]
    if (plain.kind !== 'read' || secret.kind !== 'read') throw new Error('they cannot be read')
    expect({ ...plain.plain, ...secret.private }).toEqual(settings)
  }))
})

it('what was sealed opens with its key, and with one changed bit with none', () => {
  const key = sealingKeyOf({ raw: new Uint8Array(64) })
  fc.assert(fc.property(fc.uint8Array({ maxLength: 9_000 }), fc.nat(), (content, at) => {
    const file = seal(key, content)
    const opened = unseal(key, file)
    expect(opened.kind === 'open' && Buffer.from(content).equals(opened.content)).toBe(true)
    const bit = at % (file.length * 8)
    file.writeUInt8(file.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    expect(unseal(key, file).kind).not.toBe('open')
    expect(unseal(sealingKeyOf({ raw: new Uint8Array(64).fill(1) }), seal(key, content)).kind).toBe('other-key')
  }))
})
