import { describe, expect, it } from 'vitest'
import { findLink } from '../../../main/desktop/deep-link.ts'

describe('a link on the command line', () => {
  it('is found among Chromium\'s switches', () => {
    expect(findLink(['/usr/bin/natter', '--allow-file-access', 'natter://join#abc', '--x'])).toBe('natter://join#abc')
    expect(findLink(['natter', 'NATTER://join#abc'])).toBe('NATTER://join#abc')
  })

  it('is nothing else', () => {
    expect(findLink(['/home/natter://x', '--url=natter://join', 'https://natter', 'natter:join'])).toBeUndefined()
    expect(findLink([`natter://join#${'A'.repeat(1_048_576)}`])).toBeUndefined()
  })
})
