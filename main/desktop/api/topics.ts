import { findInvite } from '../../../text/invite-link.ts'
import { topicIdOf } from '../../chat/names.ts'
import { holdsPrivateKey } from '../../node/addresses/private-key.ts'
import { CallError } from '../errors.ts'
import type { ApiDeps, Handlers } from './handlers.ts'
import { saveNow } from './save.ts'

/** Calls about topics and posts. */
export function topicHandlers (deps: ApiDeps): Pick<Handlers, 'subscribeTopic' | 'leaveTopic' | 'markRead' | 'listPosts' | 'searchPosts' | 'notifyTopic' | 'keepTopic' | 'limitTopic' | 'postMessage'> {
  const { session, settings } = deps
  return {
    subscribeTopic: async ({ name, plain }) => {
      if (holdsPrivateKey(name)) throw new CallError('ERR_BAD_ARGUMENT', 'This holds a private key, which nobody else may see. A topic\'s name is public: type another one.')
      if (findInvite(name) !== undefined) throw new CallError('ERR_BAD_ARGUMENT', 'This is an invite, not the name of a topic. Open it, or paste it where you join topics.')
      const topic = topicIdOf(name, plain)
      const { chat } = await session.whenRunning()
      if (!chat.topics().some(({ id }) => id === topic)) (await import('../../chat/new-topic.ts')).checkNewTopic(topic)
      chat.subscribe(topic)
      settings.update({ subscriptions: [...chat.subscriptions()] })
      await saveNow(deps)
      return { topic }
    },
    leaveTopic: async ({ topic, forget }) => {
      const { chat } = await session.whenRunning()
      await chat.leave(topic, forget)
      settings.update({ subscriptions: [...chat.subscriptions()] })
      await saveNow(deps)
      return null
    },
    markRead: async ({ topic }) => {
      const { chat } = await session.whenRunning()
      await chat.markRead(topic)
      return null
    },
    listPosts: async ({ topic, page, limit }) => {
      const reading = await session.whenReadable()
      return reading.listPosts(topic, page, limit)
    },
    searchPosts: async ({ query, topic, before }) => {
      const reading = await session.whenReadable()
      return reading.search(query, { topic, before })
    },
    notifyTopic: async ({ topic, notify }) => {
      const { chat } = await session.whenRunning()
      await chat.setNotify(topic, notify)
      // Notifications learn of it from the push: what is answered holds for the next post.
      deps.pushes.flush()
      return null
    },
    keepTopic: async ({ topic, days }) => {
      const { chat } = await session.whenRunning()
      await chat.keep(topic, days)
      return null
    },
    limitTopic: async ({ topic, bytes }) => {
      const { chat } = await session.whenRunning()
      await chat.limit(topic, bytes)
      return null
    },
    postMessage: async ({ topic, text, clientId }) => {
      const { chat } = await session.whenRunning()
      return chat.post(topic, text, clientId)
    }
  }
}
