import type { Answer } from '../../preload/contract/index.ts'
import { grouped } from './bytes.ts'

const posts = (n: number): string => `${grouped(n)} ${n === 1 ? 'post' : 'posts'}`

/** Where an export went; '' where the person chose no place. */
export function savedWords (saved: { readonly path: string, readonly posts?: number } | null): string {
  if (saved === null) return ''
  return saved.posts === undefined ? `Saved to ${saved.path}` : `Saved ${posts(saved.posts)} to ${saved.path}`
}

/** What an import brought; '' where the person picked no file. */
export function importedWords (read: Answer<'importPosts'>): string {
  if (read === null) return ''
  const { added, known, refused, topics } = read
  if (added + known + refused === 0) return 'The file holds no posts.'
  const parts = [
    added === 0 ? 'No post was added.' : `Added ${posts(added)}${topics.length > 1 ? ` to ${grouped(topics.length)} topics` : ''}.`,
    known === 0 ? '' : known === 1 ? '1 was here already.' : `${grouped(known)} were here already.`,
    refused === 0 ? '' : refused === 1
      ? '1 was refused: it is not as its author signed it, or its author is blocked.'
      : `${grouped(refused)} were refused: they are not as their authors signed them, or their authors are blocked.`
  ]
  return parts.filter((part) => part !== '').join(' ')
}
