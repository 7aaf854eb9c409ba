import { standInBridge } from './stand-in-api.ts'
import { standInCheck } from './stand-in-check.ts'
import { standInPosts } from './stand-in-posts.ts'
import { standInProtocols } from './stand-in-protocols.ts'

/** All that stands in for the main process, in the order in which it is put into the page. */
export const bridges = [standInPosts, standInCheck, standInProtocols, standInBridge] as const
