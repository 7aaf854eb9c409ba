import { DEFAULT_TOPIC_BYTES, type TopicState } from '../types.ts'

/** How a topic that nothing is kept of looks. */
export const EMPTY_TOPIC: TopicState = { unread: 0, firstUnread: undefined, newestStamp: 0, notify: 'mentions', keepDays: null, bytes: 0, maxBytes: DEFAULT_TOPIC_BYTES, floor: 0, gone: 0 }
