import { join } from 'node:path'
import process from 'node:process'
import { artifacts, root } from '../../../resources/tools/paths.mjs'

/** Folders of the programs of others, each with its own list of dependencies. */
export const FOLDERS = { go: join(root, 'test/interop/go'), js: join(root, 'test/interop/js') } as const

/** Whose libp2p a peer is made of. */
export type Kind = keyof typeof FOLDERS
export const KINDS = ['go', 'js'] as const satisfies readonly Kind[]

/** Where the Go peer is built to. */
export const GO_PEER = join(artifacts, 'interop', 'go-peer')

/** What starts a peer of each kind. */
export const PROGRAMS: Readonly<Record<Kind, readonly [program: string, ...args: readonly string[]]>> = {
  go: [GO_PEER],
  js: [process.execPath, join(FOLDERS.js, 'peer.js')]
}
