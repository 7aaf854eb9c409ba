import { topicIdOf } from '../../chat/names.ts'
import type { ApiDeps, Handlers } from './handlers.ts'
import { saveNow } from './save.ts'

/** Calls about topics and posts. */
export function topicHandlers (deps: ApiDeps): Pick<Handlers, 'subscribeTopic' | 'leaveTopic' | 'markRead' | 'listPosts' | 'postMessage'> {
  const { session, settings } = deps
  return {
    subscribeTopic: async ({ name, plain }) => {
      const topic = topicIdOf(name, plain)
      const { chat } = await session.whenRunning()
      chat.subscribe(topic)
      settings.update({ subscriptions: [...chat.subscriptions()] })
      await saveNow(deps)
      return { topic }
    },
    leaveTopic: async ({ topic }) => {
      const { chat } = await session.whenRunning()
      await chat.leave(topic)
      settings.update({ subscriptions: [...chat.subscriptions()] })
      await saveNow(deps)
      return null
    },
    markRead: async ({ topic }) => {
      const { chat } = await session.whenRunning()
      await chat.markRead(topic)
      return null
    },
    listPosts: async ({ topic, before, limit }) => {
      const { chat } = await session.whenRunning()
      return chat.listPosts(topic, before, limit)
    },
    postMessage: async ({ topic, text, clientId }) => {
      const { chat } = await session.whenRunning()
      return chat.post(topic, text, clientId)
    }
  }
}
