import type { Update } from '../../preload/contract/index.ts'

/** What the main window says of an update, in a few words; '' where there is nothing to say. */
export function updateNews (update: Update): string {
  switch (update.kind) {
    case 'ready': return `Natter ${update.version} is ready`
    case 'available': return `Natter ${update.version} is out`
    case 'off': case 'idle': case 'checking': case 'downloading': case 'failed': return ''
  }
}

/**
 * The address of a feed as it is kept; '' where it is none that Natter asks.
 * The main process judges again, by the same rules: https, or this computer
 * itself, without a name, a password, a query or a fragment.
 */
export function feedAddress (typed: string): string {
  const url = URL.parse(typed.trim())
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return ''
  const loopback = /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(url.hostname)
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback) ? url.href : ''
}
