import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PrivateKey } from '@libp2p/interface'
import { createNatterDialect } from '../../../main/chat/dialects/natter.ts'
import { writeKeyFile } from '../../../main/desktop/keys/key-file.ts'
import { encodeIdentity, generateIdentity, peerIdOf } from '../../../main/node/identity.ts'
import { storeKeyOf } from '../../../main/store/key.ts'
import type { NewPost, Store } from '../../../main/store/types.ts'
import { createLocalStore } from '../../support/store.ts'

/** Somebody whose posts a test signs. */
export interface Author {
  readonly peerId: string
  readonly key: PrivateKey
  /** @param at milliseconds since the Unix epoch */
  readonly write: (topic: string, text: string, at: number) => Promise<NewPost>
}

export async function createAuthor (name: string): Promise<Author> {
  const key = await generateIdentity()
  const dialect = createNatterDialect(key)
  return {
    peerId: peerIdOf(key),
    key,
    write: async (topic, text, time) => {
      const { payload, post: { at, stamp, ...post } } = await dialect.encode({ topic, authorName: name, text, time, newest: 0 })
      return { payload, at, stamp, post: { ...post, topic, own: false } }
    }
  }
}

/** A data folder as the app leaves it behind. */
export interface Profile {
  readonly folder: string
  /** Works on the posts while the app is closed. */
  readonly edit: (work: (store: Store) => Promise<void>) => Promise<void>
}

/**
 * Makes a data folder of somebody who has been through the first start: key, name, topics by their titles.
 *
 * @param settings more of what settings.json holds
 */
export async function makeProfile (folder: string, { name, topics, settings = {} }: { readonly name: string, readonly topics: readonly string[], readonly settings?: object }): Promise<Profile> {
  const key = await generateIdentity()
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  await writeKeyFile(join(folder, 'identity.json'), peerIdOf(key), { protection: 'none', key: Buffer.from(encodeIdentity(key)).toString('base64') })
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ version: 1, displayName: name, subscriptions: topics.map((title) => `/natter/1/${title}`), ...settings }))
  return {
    folder,
    edit: async (work) => {
      const store = createLocalStore({ path: join(folder, 'posts.db'), key: storeKeyOf(key) })
      try {
        await work(store)
      } finally {
        await store.close()
      }
    }
  }
}
