import { traitsOf } from '../../text/skeleton.ts'
import { ChatError } from './errors.ts'
import { titleOf } from './names.ts'

/**
 * Checks the name of a topic that nobody is known to be on, and that a person
 * typed: it must not look like another one. Topics that are there already, and
 * those that invites name, stay open whatever they are called.
 *
 * @throws {ChatError} `ERR_BAD_TOPIC`
 */
export function checkNewTopic (id: string): void {
  const { blank, unseen, mixed, disguised } = traitsOf(titleOf(id))
  if (blank) throw new ChatError('ERR_BAD_TOPIC', 'Nothing of this name can be seen. Type a name with at least one visible character.')
  if (unseen) throw new ChatError('ERR_BAD_TOPIC', 'This name has invisible characters in it, so it would look like another topic. Type it again without them.')
  if (disguised) throw new ChatError('ERR_BAD_TOPIC', `This name mixes ${mixed.join(' and ')} letters that look alike, so it would look like another topic. Type it again in one alphabet.`)
}
