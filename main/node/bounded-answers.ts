import type { MessageStream } from '@libp2p/interface'
import { MAX_ANSWERS_BEFORE_PROTOCOL } from './limits.ts'

/**
 * Bounds what is answered to a peer that has not chosen a protocol. Trap:
 * multistream-select answers each line for ten seconds, all of one packet in one
 * go, so that nobody else was heard (0 % of posts delivered, measured).
 *
 * @param isOpen whether no protocol is chosen yet
 * @param onFlood told of one answer too many; what it throws goes to who answers
 */
export function boundAnswers (stream: MessageStream, isOpen: () => boolean, onFlood: () => never): void {
  const send = stream.send.bind(stream)
  let answers = 0
  stream.send = (data) => {
    if (isOpen() && ++answers > MAX_ANSWERS_BEFORE_PROTOCOL) {
      onFlood()
    }
    return send(data)
  }
}
