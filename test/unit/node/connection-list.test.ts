import type { Connection, PeerId } from '@libp2p/interface'
import { PeerMap } from '@libp2p/peer-collections'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect, it } from 'vitest'
import type { Components } from '../../../main/node/components.ts'
import { listInOneGo } from '../../../main/node/connection-list.ts'
import { createNode } from '../../../main/node/create-node.ts'
import { generateIdentity } from '../../../main/node/identity.ts'

const PEERS = 50

it('lists everybody\'s connections and one peer\'s, and copies no list for each peer', async () => {
  const { components: { connectionManager } } = await createNode({ role: 'relay', privateKey: await generateIdentity(), listen: [] })
  const map = connectionManager.getConnectionsMap()
  const all: Connection[] = []
  for (let index = 0; index < PEERS; index++) {
    const own = [{ id: `${index} a` }, { id: `${index} b` }] as Connection[]
    map.set(peerIdFromPrivateKey(await generateIdentity()), own)
    all.push(...own)
  }
  const [[first, ownOfFirst]] = [...map.entries()] as [[PeerId, Connection[]]]
  const { concat } = Array.prototype
  let copies = 0
  Array.prototype.concat = function (this: unknown[], ...more: unknown[]): unknown[] {
    copies++
    return concat.apply(this, more) as unknown[]
  }
  const listed = connectionManager.getConnections()
  Array.prototype.concat = concat
  expect(copies).toBe(0)
  expect(listed).toEqual(all)
  expect(connectionManager.getConnections(first)).toEqual(ownOfFirst)
  expect(connectionManager.getConnections(peerIdFromPrivateKey(await generateIdentity()))).toEqual([])
})

it('with nobody there the list is empty', () => {
  const connectionManager = { getConnections: (): Connection[] => [], getConnectionsMap: () => new PeerMap<Connection[]>() } as unknown as Components['connectionManager']
  listInOneGo({ connectionManager })
  expect(connectionManager.getConnections()).toEqual([])
})
