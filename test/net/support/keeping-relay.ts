import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateIdentity } from '../../../main/node/identity.ts'
import { keepHistory, type HistoryKeeper, type HistoryKeeperOptions } from '../../../main/relay/history-keeper.ts'
import { startRelay, type OurRelay } from './desktops.ts'
import type { TestNet } from './test-net.ts'

/** A relay whose hub keeps history, as `--keep-history 30d` makes it. */
export async function startKeepingRelay (net: TestNet, options: Partial<Pick<HistoryKeeperOptions, 'days' | 'maxBytes' | 'pruneEvery'>> = {}): Promise<OurRelay & { readonly keeper: HistoryKeeper }> {
  const folder = mkdtempSync(join(tmpdir(), 'natter-keeper-'))
  const privateKey = await generateIdentity()
  net.atEnd(() => { rmSync(folder, { recursive: true, force: true }) })
  const relay = await startRelay(net, {}, privateKey)
  const keeper = await keepHistory({ node: relay.node, privateKey, folder, days: 30, maxBytes: 50_000_000, ...options })
  net.atEnd(async () => keeper.close())
  return { ...relay, keeper }
}
