import type { CallName } from '../../../preload/contract/index.ts'
import { PLAIN_KEYS } from '../../settings/schema.ts'
import { CallError } from '../errors.ts'
import type { ApiDeps, Handler, Handlers } from './handlers.ts'

/**
 * The same handlers, which wait while the private settings are being opened: a
 * person may be quicker than the disk. Before the key is open only what is kept
 * in plain text can change; anything else would be lost if the app ended then.
 */
export function afterUnlock<K extends CallName> ({ session, settings }: Pick<ApiDeps, 'session' | 'settings'>, handlers: Pick<Handlers, K>): Pick<Handlers, K> {
  const entries = Object.entries(handlers) as [K, Handler<K>][]
  return Object.fromEntries(entries.map(([name, handler]) => [name, async (argument: Parameters<typeof handler>[0]) => {
    await session.whenSettingsOpen()
    if (!(name === 'changeSettings' && isPlain(argument))) requireOpen(settings)
    return handler(argument)
  }])) as unknown as Pick<Handlers, K>
}

/** @throws {CallError} `ERR_NOT_RUNNING` */
export function requireOpen (settings: Pick<ApiDeps['settings'], 'isOpen'>): void {
  if (!settings.isOpen()) throw new CallError('ERR_NOT_RUNNING', 'Natter cannot do this before your identity key is open.')
}

function isPlain (change: object): boolean {
  return Object.keys(change).every((key) => (PLAIN_KEYS as readonly string[]).includes(key))
}
