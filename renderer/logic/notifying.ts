import type { Notify } from '../../preload/contract/index.ts'

/** Which posts of a topic the system shows a notification for, as one picks it. */
export const NOTIFYING: readonly { readonly notify: Notify, readonly label: string }[] = [
  { notify: 'all', label: 'Every post' },
  { notify: 'mentions', label: 'Mentions of you' },
  { notify: 'nothing', label: 'Nothing (mute)' }
]

/** What is said once it is picked, after the topic's name. */
export function notifyingWords (notify: Notify): string {
  switch (notify) {
    case 'all': return 'you are notified of every post'
    case 'mentions': return 'you are notified of mentions'
    case 'nothing': return 'muted'
  }
}
