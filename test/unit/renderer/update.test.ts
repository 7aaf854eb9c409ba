import { describe, expect, it } from 'vitest'
import { sizeWords } from '../../../renderer/logic/bytes.ts'
import { NOTIFYING, notifyingWords } from '../../../renderer/logic/notifying.ts'
import { feedAddress, updateNews } from '../../../renderer/logic/update.ts'

describe('an update', () => {
  it('is news where somebody can do something about it', () => {
    expect(updateNews({ kind: 'ready', version: '0.2.0', notes: '' })).toBe('Natter 0.2.0 is ready')
    expect(updateNews({ kind: 'available', version: '0.2.0', notes: '' })).toBe('Natter 0.2.0 is out')
    expect(updateNews({ kind: 'downloading', version: '0.2.0', notes: '', bytes: 1, total: 2 })).toBe('')
    expect(updateNews({ kind: 'failed', message: 'No.', checkedAt: 1 })).toBe('')
  })

  it.each([
    ['https://updates.example.org/natter', 'https://updates.example.org/natter'],
    [' https://updates.example.org ', 'https://updates.example.org/'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080/'],
    ['http://[::1]:8080/', 'http://[::1]:8080/'],
    ['http://updates.example.org/', ''],
    ['https://ada:secret@updates.example.org/', ''],
    ['http://127.0.0.1.example.org/', ''],
    ['https://updates.example.org/?a=1', ''],
    ['https://updates.example.org/#a', ''],
    ['file:///etc/passwd', ''],
    ['updates.example.org', ''],
    ['', '']
  ])('is asked for at %j as %j', (typed, address) => {
    expect(feedAddress(typed)).toBe(address)
  })

  it.each([[0, '0 kB'], [939_600, '940 kB'], [12_345_678, '12.3 MB'], [96_100_000, '96.1 MB']])('of %d bytes is %s', (bytes, words) => {
    expect(sizeWords(bytes)).toBe(words)
  })
})

it('every kind of notifying has words of its own', () => {
  expect(new Set(NOTIFYING.map(({ notify }) => notifyingWords(notify))).size).toBe(3)
})
