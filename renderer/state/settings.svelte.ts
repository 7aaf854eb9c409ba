import type { Answer, Argument, Result, Settings } from '../../preload/contract/index.ts'
import { call } from '../api.ts'

/** What the person set. */
class SettingsState {
  value = $state.raw<Settings>({
    displayName: '', protocol: 'gossipsub', listenPort: 0, mdns: true, seenNearby: true, directConnections: true, routerPort: false, beRelay: false, proxy: { kind: 'system' }, theme: 'system',
    relaysByName: true, relaysFromLists: true, relaysThroughRelays: 'ask', relaysFromPeers: true,
    notifications: true, notificationText: true, stayReachable: false, checkUpdates: true, updateFeed: ''
  })

  apply (value: Settings): void {
    this.value = value
    const root = document.documentElement
    if (value.theme === 'system') delete root.dataset['theme']
    else root.dataset['theme'] = value.theme
  }

  async change (change: Argument<'changeSettings'>): Promise<Result<Answer<'changeSettings'>>> {
    const result = await call('changeSettings', change)
    if (result.ok) this.apply(result.value)
    return result
  }

  async setProxy (choice: Argument<'setProxy'>): Promise<Result<Answer<'setProxy'>>> {
    const result = await call('setProxy', choice)
    if (result.ok) this.apply(result.value)
    return result
  }
}

export const settings = new SettingsState()
