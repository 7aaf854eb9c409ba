import { createServer } from 'node:net'

/**
 * A TCP port to listen on: the wanted one if it is free, else one that the
 * system chooses. Trap: libp2p with tolerated listen errors starts without a
 * word when a port is taken.
 *
 * @param wanted 0: any
 */
export async function choosePort (wanted: number): Promise<number> {
  try {
    return await probe(wanted)
  } catch (error) {
    if (wanted === 0) {
      throw error
    }
    return probe(0)
  }
}

async function probe (port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port, exclusive: true }, () => {
      const address = server.address()
      server.close(() => { resolve(typeof address === 'object' && address !== null ? address.port : 0) })
    })
  })
}
