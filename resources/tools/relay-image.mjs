// The relay as a container image, made by buildah, which needs neither a daemon nor an image to begin with.
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setModes } from './package-stage.mjs'
import { root } from './paths.mjs'
import { describeRelay } from './relay-build.mjs'
import { fillApp } from './relay-deb.mjs'
import { debianPart } from './sbom.mjs'

/** What Node is linked with, and what these depend on. */
const licensesOfLibraries = /** @type {Readonly<Record<string, string>>} */ ({ libc6: 'LGPL-2.1-or-later', 'libgcc-s1': 'GPL-3.0-or-later WITH GCC-exception-3.1', 'libstdc++6': 'GPL-3.0-or-later WITH GCC-exception-3.1' })
const libraries = Object.keys(licensesOfLibraries)
/** As in the Containerfile: owns nothing but the relay's data; the number that images without a shell use. */
const user = 65_532

/**
 * @param {{ built: string, output: string, work: string }} places what `buildRelay` made, where the archives go, and a folder for what is needed meanwhile
 * @returns {string[]} absolute paths of the archives: one as OCI has it, for podman and skopeo, and one that docker loads and that has the health check, which OCI has no place for
 */
export function packImage({ built, output, work }) {
  if (process.getuid?.() !== 0) throw new Error('the image is made as root: files in it belong to root and to the relay\'s user.')
  const { name, version } = describeRelay()
  const context = join(work, 'image')
  fillRoot(built, join(context, 'root'), work)
  // Apart from the rest, which belongs to root.
  mkdirSync(join(context, 'own/data'), { recursive: true })
  chmodSync(join(context, 'own/data'), 0o700)
  const storage = ['--storage-driver', 'vfs', '--root', join(work, 'containers'), '--runroot', join(work, 'containers-run')]
  /** @param {...string} args */
  const buildah = (...args) => execFileSync('buildah', [...storage, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  const image = `${name}:${version}`
  try {
    buildah('build', '--isolation', 'chroot', '--format', 'docker', '--file', join(root, 'resources/relay/Containerfile'), '--tag', image, context)
    return /** @type {const} */ ([['docker-archive', 'docker.tar'], ['oci-archive', 'oci.tar']]).map(([transport, end]) => {
      const archive = join(output, `${name}-${version}-${end}`)
      rmSync(archive, { force: true })
      buildah('push', ...(transport === 'oci-archive' ? ['--format', 'oci'] : []), image, `${transport}:${archive}:${image}`)
      return archive
    })
  } finally {
    buildah('rmi', '--all', '--force')
  }
}

/** The image's files. @param {string} built @param {string} folder @param {string} work */
function fillRoot(built, folder, work) {
  const packages = join(work, 'packages')
  mkdirSync(packages)
  // In a folder that apt's own user may not write to, it says so on every run.
  execFileSync('apt-get', ['-o', 'APT::Sandbox::User=root', '-qq', 'download', ...libraries], { cwd: packages, stdio: ['ignore', 'ignore', 'inherit'] })
  mkdirSync(folder, { recursive: true })
  // As Debian has them since 12, whatever packages still say.
  for (const name of ['lib', 'lib64']) {
    mkdirSync(join(folder, 'usr', name), { recursive: true })
    execFileSync('ln', ['-s', `usr/${name}`, join(folder, name)])
  }
  const parts = []
  for (const file of readdirSync(packages).sort()) {
    const [library = '', version = ''] = execFileSync('dpkg-deb', ['--show', '--showformat', '${Package} ${Version}', join(packages, file)], { encoding: 'utf8' }).split(' ')
    parts.push(debianPart(library, version, licensesOfLibraries[library] ?? 'NOASSERTION'))
    const files = execFileSync('dpkg-deb', ['--fsys-tarfile', join(packages, file)], { maxBuffer: 256 * 1024 * 1024 })
    execFileSync('tar', ['--extract', '--keep-directory-symlink', '--directory', folder], { input: files })
  }
  // Text in other characters than Unicode is for others.
  rmSync(join(folder, 'usr/lib', libraryFolder(folder), 'gconv'), { recursive: true, force: true })
  fillApp(built, join(folder, 'usr/lib/natter-relay'), parts)
  for (const path of ['etc', 'tmp']) mkdirSync(join(folder, path), { recursive: true })
  writeFileSync(join(folder, 'etc/passwd'), `root:x:0:0:root:/:/nonexistent\nnatter-relay:x:${String(user)}:${String(user)}:relay:/data:/nonexistent\n`)
  writeFileSync(join(folder, 'etc/group'), `root:x:0:\nnatter-relay:x:${String(user)}:\n`)
  writeFileSync(join(folder, 'etc/nsswitch.conf'), 'hosts: files dns\n')
  copyFileSync(join(root, 'resources/relay/relay.toml'), join(folder, 'usr/lib/natter-relay/relay.toml'))
  setModes(join(folder, 'etc'))
  setModes(join(folder, 'usr/lib/natter-relay'))
  chmodSync(join(folder, 'tmp'), 0o1777)
}

/** Debian's folder of libraries for this processor. @param {string} folder */
function libraryFolder(folder) {
  const found = readdirSync(join(folder, 'usr/lib')).find((name) => existsSync(join(folder, 'usr/lib', name, 'libc.so.6')))
  if (found === undefined) throw new Error('the C library was not found in its package.')
  return found
}
