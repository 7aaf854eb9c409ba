import type { Socket } from 'node:net'
import { NodeError } from '../errors.ts'
import { openSocket, secure } from './sockets.ts'
import { hostAndPort, type Proxy } from './types.ts'

/** Milliseconds for the proxy and what it dials; under the 6 s that a dial has, so that the proxy is what is blamed. */
const DEADLINE = 5_000
/** Bytes that the answer's head may have: what Node's own HTTP parser takes is 16 KiB, and proxies send under one. */
const MAX_HEAD = 16_384

/**
 * A TCP connection through a proxy: it is asked by HTTP's CONNECT (RFC 9110,
 * section 9.3.6), and whatever comes after its answer is the other end's.
 *
 * @param patience milliseconds until the proxy itself has to be there. @default as long as all of it may take
 * @throws {NodeError} with one sentence that says what the proxy did: `ERR_PROXY` where it refuses,
 * `ERR_PROXY_DOWN` where it cannot be spoken to, so that another one may serve
 */
export async function openTunnel (proxy: Proxy, host: string, port: number, signal: AbortSignal, patience = DEADLINE): Promise<Socket> {
  const name = hostAndPort(proxy.host, proxy.port)
  const late = AbortSignal.timeout(DEADLINE)
  const either = AbortSignal.any([signal, late])
  let socket: Socket | undefined
  try {
    socket = await reach(proxy, name, AbortSignal.any([either, AbortSignal.timeout(patience)]), either)
    socket.write(request(proxy, hostAndPort(host, port)))
    const { status, rest } = await readAnswer(socket, either)
    if (status < 200 || status > 299) {
      throw new NodeError('ERR_PROXY', refusal(status, name, port))
    }
    if (rest.length > 0) {
      socket.unshift(rest)
    }
    return socket
  } catch (error) {
    socket?.on('error', () => {})
    socket?.destroy()
    if (error instanceof NodeError || signal.aborted) {
      throw error
    }
    throw down(late.aborted ? `The proxy ${name} does not answer.` : `The proxy ${name} gave no answer that makes sense.`, error)
  }
}

async function reach (proxy: Proxy, name: string, patient: AbortSignal, signal: AbortSignal): Promise<Socket> {
  try {
    const socket = await openSocket(proxy, patient)
    return proxy.secure ? await secure(socket, proxy.host, patient) : socket
  } catch (error) {
    if (signal.aborted) {
      throw error
    }
    throw down(patient.aborted ? `The proxy ${name} does not answer.` : whyNotReached(name, error), error)
  }
}

function whyNotReached (name: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (/ENOTFOUND|EAI_AGAIN/u.test(code)) {
    return `The name of the proxy ${name} does not resolve.`
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_/u.test(code)) {
    return `The certificate of the proxy ${name} is none that this computer trusts.`
  }
  return /ERR_SSL|EPROTO/u.test(code) ? `The proxy ${name} speaks no TLS.` : `The proxy ${name} cannot be reached.`
}

function request (proxy: Proxy, target: string): string {
  const lines = [`CONNECT ${target} HTTP/1.1`, `Host: ${target}`, ...(proxy.authorization === undefined ? [] : [`Proxy-Authorization: ${proxy.authorization}`])]
  return `${lines.join('\r\n')}\r\n\r\n`
}

async function readAnswer (socket: Socket, signal: AbortSignal): Promise<{ readonly status: number, readonly rest: Buffer }> {
  const bytes = await readHead(socket, signal)
  const end = bytes.indexOf('\r\n\r\n')
  const status = /^HTTP\/1\.[01] (?<status>\d{3})(?: |\r\n)/u.exec(bytes.subarray(0, end + 4).toString('latin1'))?.groups?.['status']
  if (status === undefined) {
    throw new TypeError('no HTTP answer')
  }
  return { status: Number(status), rest: bytes.subarray(end + 4) }
}

/** Reads up to the empty line, and what came with it. Trap: with 'readable', for a stream that was paused once is not resumed by whoever listens to its data next. */
async function readHead (socket: Socket, signal: AbortSignal): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  let bytes = Buffer.alloc(0)
  const onReadable = (): void => {
    for (let chunk = socket.read() as Buffer | null; chunk !== null; chunk = socket.read() as Buffer | null) {
      bytes = Buffer.concat([bytes, chunk])
    }
    const end = bytes.indexOf('\r\n\r\n')
    if (end > MAX_HEAD || (end < 0 && bytes.length > MAX_HEAD)) {
      reject(new TypeError('the answer is too long'))
    } else if (end >= 0) {
      resolve(bytes)
    }
  }
  const onEnd = (): void => { reject(new TypeError('the proxy closed the connection')) }
  const onAbort = (): void => { reject(signal.reason as Error) }
  socket.on('readable', onReadable).on('end', onEnd).on('close', onEnd).on('error', reject)
  signal.addEventListener('abort', onAbort)
  try {
    return await promise
  } finally {
    socket.off('readable', onReadable).off('end', onEnd).off('close', onEnd).off('error', reject)
    signal.removeEventListener('abort', onAbort)
  }
}

function refusal (status: number, name: string, port: number): string {
  if (status === 407) {
    return `The proxy ${name} asks for a user and a password, or does not take these: set them in Settings → Network.`
  }
  if (status === 403 || status === 405) {
    return `The proxy ${name} lets nobody through to port ${port} there; many let through to port 443 alone.`
  }
  if (status >= 500) {
    return `The proxy ${name} cannot reach it (${status}).`
  }
  return `The proxy ${name} refuses to lead there (${status}).`
}

function down (message: string, cause: unknown): NodeError {
  return new NodeError('ERR_PROXY_DOWN', message, { cause })
}
