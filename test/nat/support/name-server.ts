import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { AUTHORITATIVE_ANSWER, decode, encode, type Answer } from 'dns-packet'
import { serveLines } from './serve-lines.ts'

// A DNS server inside a network namespace: it knows the TXT records that a test gives it, and says of all else that it does not exist.

const NXDOMAIN = 3
let zone: Readonly<Record<string, readonly string[]>> = {}
const asked: string[] = []
const socket = createSocket('udp4')

socket.on('message', (message, { address, port }) => {
  const { id = 0, questions = [] } = decode(message)
  const name = questions[0]?.name ?? ''
  asked.push(`${questions[0]?.type ?? ''} ${name}`)
  const texts = zone[name.toLowerCase()]
  const answers = questions[0]?.type === 'TXT' ? (texts ?? []).map((data): Answer => ({ type: 'TXT', name, ttl: 60, data })) : []
  socket.send(encode({ type: 'response', id, flags: AUTHORITATIVE_ANSWER | (texts === undefined ? NXDOMAIN : 0), questions, answers }), port, address)
})

serveLines({
  listen: async ({ address }: { address: string }) => {
    socket.bind(53, address)
    await once(socket, 'listening')
  },
  set: (records: typeof zone) => { zone = records },
  asked: () => asked
})
