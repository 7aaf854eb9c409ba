import type { PostRow } from '../logic/rows.ts'
import { call } from '../api.ts'
import { copyText } from './clipboard.svelte.ts'
import { live } from './live.svelte.ts'
import { screen } from './screen.svelte.ts'

/** Shows the system's menu for a post, and does what is picked in it. */
export async function showPostMenu (event: MouseEvent, row: PostRow): Promise<void> {
  const link = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-url]') : null
  const url = link?.dataset['url']
  // The keyboard asks at what has the focus; the pointer is where it is.
  const at = event.button === 2 ? { kind: 'pointer' } as const : { kind: 'page', x: event.clientX, y: event.clientY } as const
  const picked = await call('showPostMenu', { at, link: url !== undefined, selection: (getSelection()?.toString() ?? '').trim() !== '' })
  if (!picked.ok) return
  switch (picked.value) {
    case 'openLink': screen.open({ kind: 'link', url: url ?? '', text: link?.textContent ?? '' }); return
    case 'copyLink': if (await copyText(url ?? '')) live.say('Link copied'); return
    case 'copyMessage': if (await copyText(row.text)) live.say('Message copied'); return
    case null: return
  }
}
