import { MAX_NAME_LENGTH } from '../../chat/limits.ts'
import { cleanName } from '../../chat/names.ts'
import type { Argument, Settings } from '../../../preload/contract/index.ts'
import { CallError, sentenceOf } from '../errors.ts'
import { readFeedAddress } from '../updates/feed-address.ts'
import type { ApiDeps, Handlers } from './handlers.ts'
import { saveNow } from './save.ts'

/** The call that changes settings. Each holds at once, without a restart of the app. */
export function settingsHandlers (deps: ApiDeps): Pick<Handlers, 'changeSettings'> {
  const { session, settings, sources, notices, applyTheme } = deps

  return {
    changeSettings: async (asked) => {
      const before = settings.visible()
      const change = check(asked)
      if (change.beRelay === true && !before.beRelay) requireDirect()
      settings.update(change)
      apply(before, settings.visible())
      await saveNow(deps)
      return settings.visible()
    }
  }

  function requireDirect (): void {
    if (session.running()?.node.reachability.state.state === 'direct') return
    throw new CallError('ERR_NOT_REACHABLE', 'Others cannot reach this computer directly, so it cannot be a relay for them. Open its port in your router or firewall; when a dial-back has proved it, try again.')
  }

  /** What takes long goes on by itself and announces how it stands. */
  function apply (before: Settings, now: Settings): void {
    if (now.theme !== before.theme) applyTheme(now.theme)
    sources.apply()
    const running = session.running()
    if (running === undefined) return
    const { node, chat } = running
    if (now.displayName !== before.displayName) chat.setDisplayName(now.displayName)
    if (now.seenNearby !== before.seenNearby) chat.setSeenNearby(now.seenNearby)
    if (now.listenPort !== before.listenPort) {
      // A listener cannot move: a new node takes all the rest along, and the session says where it listens.
      void session.restart()
      return
    }
    if (now.protocol !== before.protocol) tell('protocol', node.pubsub.switchTo(now.protocol))
    if (now.mdns !== before.mdns) tell('mdns', node.setMdns(now.mdns))
    if (now.directConnections !== before.directConnections) tell('direct-connections', node.setDirectConnections(now.directConnections))
    if (now.routerPort !== before.routerPort) tell('router-port', node.setRouterPort(now.routerPort))
    if (now.beRelay !== before.beRelay) tell('be-relay', node.setBeRelay(now.beRelay))
  }

  function tell (id: string, work: Promise<void>): void {
    work.then(() => { notices.remove(id) }, (error: unknown) => {
      notices.add(id, 'warning', `A setting could not take effect: ${sentenceOf(error)}`)
    })
  }
}

/** Drops what is not asked for, cleans the name, and reads the address of the feed. */
function check ({ displayName, updateFeed, ...rest }: Argument<'changeSettings'>): Partial<Settings> {
  const asked: Partial<Settings> = {
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
    ...(updateFeed === undefined ? {} : { updateFeed: updateFeed === '' ? '' : readFeedAddress(updateFeed).href })
  }
  if (displayName === undefined) return asked
  const length = displayName.trim().length
  if (length > MAX_NAME_LENGTH) throw new CallError('ERR_TOO_LONG', `This name is ${length.toLocaleString('en-US')} characters long; a name may have ${MAX_NAME_LENGTH}.`)
  return { ...asked, displayName: cleanName(displayName) }
}
