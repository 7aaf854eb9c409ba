import { NodeError } from '../../node/errors.ts'
import type { Sealer } from '../keys/sealer.ts'

/**
 * The password of the proxy that the person named; '' where none is kept.
 *
 * @throws {NodeError} `ERR_PROXY`
 */
export async function openPassword (sealer: Pick<Sealer, 'open'>, sealed: string): Promise<string> {
  if (sealed === '') return ''
  try {
    const { secret } = await sealer.open(new Uint8Array(Buffer.from(sealed, 'base64')))
    return Buffer.from(secret).toString('utf8')
  } catch (error) {
    throw new NodeError('ERR_PROXY', 'The proxy’s password cannot be opened here: type it again in Settings → Network.', { cause: error })
  }
}
