import { open, stat } from 'node:fs/promises'
import { checkCertificate, type Certificate } from './certificate.ts'
import { TlsError } from './errors.ts'
import type { CertificateSource, SourceEvents } from './source.ts'

/** Milliseconds between two looks at when the files changed: programs that renew certificates do so days ahead. */
const LOOK = 10_000
/** Bytes of one file that are read; a chain of ten certificates has 20 kB. */
const MAX_FILE = 262_144

/** Paths of a certificate with its chain, and of its key, both PEM. */
export interface CertificatePaths {
  readonly cert: string
  readonly key: string
}

/**
 * A certificate out of two files that somebody else renews. They are read again
 * when they change; what cannot be used is said, and the one before stays.
 *
 * @param look milliseconds between two looks. @default 10 s
 * @throws {TlsError} where there is nothing to begin with
 */
export async function openCertificateFiles (first: CertificatePaths, events: SourceEvents, look = LOOK): Promise<CertificateSource> {
  let paths = first
  let current: Certificate = await readFiles(paths)
  let seen = await stampOf(paths)
  let timer: NodeJS.Timeout | undefined
  const { names } = current

  async function reload (where: CertificatePaths = paths): Promise<void> {
    const stamp = await stampOf(where)
    if (where === paths) {
      seen = stamp
    }
    const next = await readFiles(where)
    paths = where
    seen = stamp
    if (next.cert === current.cert && next.key === current.key) {
      return
    }
    current = next
    events.onCertificate(next)
    if (next.names.join() !== names.join()) {
      events.say(`The new certificate is for ${next.names.join(', ')}: start the relay again to announce these names.`)
    }
  }

  async function lookAgain (): Promise<void> {
    try {
      if (await stampOf(paths) !== seen) {
        await reload()
      }
    } catch (error) {
      events.say(`The certificate stays as it was: ${error instanceof Error ? error.message : String(error)}`)
    }
    timer = setTimeout(() => { void lookAgain() }, look).unref()
  }

  return {
    names,
    get current () { return current },
    start: () => {
      timer ??= setTimeout(() => { void lookAgain() }, look).unref()
    },
    reload: async (config) => reload(config?.kind === 'files' ? config : paths),
    close: async () => {
      clearTimeout(timer)
      return Promise.resolve()
    }
  }
}

async function readFiles (paths: CertificatePaths): Promise<Certificate> {
  const [cert, key] = await Promise.all([readText(paths.cert), readText(paths.key)])
  return checkCertificate({ cert, key }, paths)
}

async function readText (path: string): Promise<string> {
  try {
    const file = await open(path)
    try {
      const buffer = Buffer.alloc(MAX_FILE + 1)
      const { bytesRead } = await file.read(buffer, 0, buffer.length)
      if (bytesRead > MAX_FILE) {
        throw new TlsError(`${path} is longer than any certificate: ${String(MAX_FILE)} bytes are read.`)
      }
      return buffer.toString('utf8', 0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    if (error instanceof TlsError) {
      throw error
    }
    throw new TlsError(`${path} cannot be read: ${why(error)}.`, { cause: error })
  }
}

/** When the files changed, and whether others took their place; a file that is not there counts as a state too. */
async function stampOf ({ cert, key }: CertificatePaths): Promise<string> {
  const stamps = await Promise.all([cert, key].map(async (path) => {
    const found = await stat(path).catch(() => undefined)
    return found === undefined ? 'none' : [found.mtimeMs, found.ino, found.size].join()
  }))
  return stamps.join(' ')
}

function why (error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return ({ ENOENT: 'there is no such file', EACCES: 'the relay is not allowed to', EISDIR: 'it is a folder' } as Record<string, string>)[code] ?? (code === '' ? 'unknown error' : code)
}
