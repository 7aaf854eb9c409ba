/** A Natter's agent version on the wire: 1 was that of 0.1.0, which also named js-libp2p in it. */
const VERSION = 2

/**
 * What we call ourselves in identify. It no longer names js-libp2p: older
 * Natters read a circuit's time as milliseconds from relays that do, and ours
 * announce seconds.
 */
export function agentVersion (role: 'desktop' | 'relay'): string {
  return `natter-${role}/${VERSION}`
}

/** Whether an agent version is a Natter's; undefined where it is not known yet. */
export function isNatter (agent: string | undefined): boolean | undefined {
  return agent === undefined ? undefined : /^natter-(?:desktop|relay)\//u.test(agent)
}

/** Whether an agent version is that of Natter 0.1.0. */
export function isOlderNatter (agent: string | undefined): boolean {
  return isNatter(agent) === true && agent?.includes('js-libp2p') === true
}
