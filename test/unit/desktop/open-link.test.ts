import { describe, expect, it } from 'vitest'
import { checkLink } from '../../../main/desktop/open-link.ts'

describe('a link', () => {
  it.each([
    ['https://example.org', 'https://example.org/'],
    ['http://example.org:8080/a?b=c#d', 'http://example.org:8080/a?b=c#d'],
    ['HTTPS://EXAMPLE.org/Ä', 'https://example.org/%C3%84'],
    // What looks like another name is shown and opened as what it is.
    ['https://аpple.com/', 'https://xn--pple-43d.com/']
  ])('to the web is opened in its plain form: %s', (text, href) => {
    expect(checkLink(text)).toBe(href)
  })

  it.each([
    'file:///etc/passwd', 'javascript:alert(1)', 'data:text/html,x', 'app://natter/index.html', 'natter://x', 'smb://host/share', 'ftp://example.org', 'mailto:a@example.org',
    'view-source:https://example.org', 'https://user@example.org', 'https://user:secret@example.org', 'https://:x@example.org', 'https://', 'http:', 'example.org', '/etc/passwd', '',
    'https://exa\tmple.org', ' https://example.org', 'https://example.org\n', 'https://example.org/\u202Egpj', 'https://exam\u200Bple.org', 'https://[::1', 'https://example.org:99999'
  ])('to anything else, or that hides something, is refused in words: %j', (text) => {
    expect(() => checkLink(text)).toThrow(expect.objectContaining({ name: 'CallError', code: 'ERR_BAD_LINK', message: expect.stringMatching(/^Natter does not open this link: /u) as string }))
  })
})
