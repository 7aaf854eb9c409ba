import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

/** What an image says of how it is run; durations are nanoseconds. */
export interface ImageConfig {
  readonly User: string
  readonly Env: readonly string[]
  readonly Entrypoint: readonly string[]
  readonly WorkingDir: string
  readonly Volumes: Readonly<Record<string, unknown>>
  readonly ExposedPorts: Readonly<Record<string, unknown>>
  readonly StopSignal: string
  readonly Healthcheck: { readonly Test: readonly string[], readonly Interval: number, readonly Timeout: number }
}

/** An image, unpacked as a container runtime does it. */
export interface UnpackedImage {
  readonly folder: string
  readonly config: ImageConfig
  /** What stands before a command, so that it runs as the image has it: in its root, with processes of its own, as its user. */
  readonly enter: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly remove: () => void
}

interface Manifest { readonly Config: string, readonly Layers: readonly string[] }

/** What a container has of the kernel and no image brings. */
const ENTER = 'root=$1; shift; mount --rbind /dev "$root/dev" && mount -t proc proc "$root/proc" && exec "$@"'

/** Unpacks what `docker save` would write, and takes its own word for how it is run. @param archive absolute path */
export function unpackImage (archive: string): UnpackedImage {
  const place = mkdtempSync(join(tmpdir(), 'natter-image-'))
  const folder = join(place, 'root')
  const saved = join(place, 'saved')
  for (const path of [folder, saved]) mkdirSync(path)
  execFileSync('tar', ['-xf', archive, '-C', saved])
  const [manifest] = JSON.parse(readFileSync(join(saved, 'manifest.json'), 'utf8')) as Manifest[]
  if (manifest === undefined) throw new Error(`${archive} has no image in it.`)
  for (const layer of manifest.Layers) execFileSync('tar', ['--extract', '--numeric-owner', '--preserve-permissions', '--file', join(saved, layer), '--directory', folder])
  const { config } = JSON.parse(readFileSync(join(saved, manifest.Config), 'utf8')) as { config: ImageConfig }
  rmSync(saved, { recursive: true })
  for (const name of ['dev', 'proc']) mkdirSync(join(folder, name), { recursive: true })
  return {
    folder,
    config,
    enter: ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--', 'sh', '-c', ENTER, 'sh', folder, 'chroot', `--userspec=${config.User}`, folder],
    // The path is this machine's, on which unshare and chroot are; entry points are absolute.
    env: { ...Object.fromEntries(config.Env.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])), PATH: process.env['PATH'] ?? '' },
    remove: () => { rmSync(place, { recursive: true, force: true }) }
  }
}
