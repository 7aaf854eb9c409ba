/** The operating system's key store, as far as keys need it. */
export interface Sealer {
  /** Whether a real one is there: one that keeps its own key to itself. */
  readonly isAvailable: () => Promise<boolean>
  readonly seal: (secret: Uint8Array) => Promise<Uint8Array>
  /** `isStale`: opened, but it should be sealed anew. */
  readonly open: (sealed: Uint8Array) => Promise<{ readonly secret: Uint8Array, readonly isStale: boolean }>
}

/**
 * What Electron's `safeStorage` offers. Version 45 has the asynchronous calls
 * and deprecates the others; 33 has only the others; `getSelectedStorageBackend`
 * is there on Linux alone.
 */
export interface SafeStorageLike {
  readonly isEncryptionAvailable: () => boolean
  readonly encryptString: (text: string) => Buffer
  readonly decryptString: (sealed: Buffer) => string
  readonly getSelectedStorageBackend?: (() => string) | undefined
  readonly isAsyncEncryptionAvailable?: (() => Promise<boolean>) | undefined
  readonly encryptStringAsync?: ((text: string) => Promise<Buffer>) | undefined
  readonly decryptStringAsync?: ((sealed: Buffer) => Promise<{ readonly shouldReEncrypt: boolean, readonly result: string }>) | undefined
}

/** Names under which Chromium encrypts with a password that is in its source. */
const NO_BACKEND = new Set(['basic_text', 'unknown'])

/** A {@link Sealer} over Electron's `safeStorage`; use it once the app is ready. */
export function createSealer (storage: SafeStorageLike): Sealer {
  const hasRealBackend = (): boolean => {
    const backend = storage.getSelectedStorageBackend?.()
    return backend === undefined || !NO_BACKEND.has(backend)
  }
  return {
    isAvailable: async () => {
      try {
        if (!hasRealBackend()) return false
        return await (storage.isAsyncEncryptionAvailable?.() ?? storage.isEncryptionAvailable())
      } catch {
        return false
      }
    },
    seal: async (secret) => {
      const text = Buffer.from(secret).toString('base64')
      return new Uint8Array(await (storage.encryptStringAsync?.(text) ?? storage.encryptString(text)))
    },
    open: async (sealed) => {
      const bytes = Buffer.from(sealed)
      const { result, shouldReEncrypt } = await (storage.decryptStringAsync?.(bytes) ?? { result: storage.decryptString(bytes), shouldReEncrypt: false })
      return { secret: new Uint8Array(Buffer.from(result, 'base64')), isStale: shouldReEncrypt }
    }
  }
}
