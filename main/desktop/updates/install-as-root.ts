import { spawn } from 'node:child_process'
import { UpdateError } from './errors.ts'
import type { ReleaseFile } from './release.ts'

/** polkit's program that asks the person's password; where it is not here, it is nowhere. */
export const PKEXEC = '/usr/bin/pkexec'

/** Milliseconds until nobody waits any more; a package manager that works goes on by itself. */
const DEADLINE = 5 * 60_000

/**
 * Runs as root. Copies the file to where only root writes and compares the copy
 * with the signed checksum: between our own check and this one lies the time in
 * which the person types a password, and whoever swaps the file in it would be root.
 */
const COPY_AND_CHECK = `
set -eu
umask 077
export PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
copy="$folder/natter.$3"
cp -- "$1" "$copy"
printf '%s  %s\\n' "$2" "$copy" | sha512sum --check --status || exit 65
`

const INSTALL = {
  // Where libraries are missing that the new version needs, apt gets them.
  deb: 'dpkg --refuse-downgrade --install "$copy" || apt-get --yes --no-remove --fix-broken install',
  rpm: `
if command -v zypper >/dev/null; then zypper --non-interactive --no-refresh install --allow-unsigned-rpm "$copy"
elif command -v dnf >/dev/null; then dnf --assumeyes --nogpgcheck install "$copy"
elif command -v yum >/dev/null; then yum --assumeyes --nogpgcheck install "$copy"
else rpm --upgrade "$copy"
fi`
} as const

/** Exit codes that have a meaning of their own: our check's, and pkexec's two. */
const MEANINGS: Readonly<Record<number, string>> = {
  65: 'the file was changed by another program in the last moment',
  126: 'nobody gave the password for it',
  127: 'the system did not allow it'
}

/**
 * Installs a package of the system. Nothing is put into the text of a command:
 * path and checksum go as arguments.
 *
 * @param path absolute path of the package
 * @throws {UpdateError} `ERR_INSTALL`
 */
export async function installAsRoot (path: string, { kind, sha512, uid }: Pick<ReleaseFile, 'sha512'> & { readonly kind: 'deb' | 'rpm', readonly uid: number | undefined }): Promise<void> {
  const command = ['/bin/sh', '-c', `${COPY_AND_CHECK}${INSTALL[kind]}`, 'natter-update', path, Buffer.from(sha512, 'base64').toString('hex'), kind]
  const [program = '', ...args] = uid === 0 ? command : [PKEXEC, '--disable-internal-agent', ...command]
  const code = await run(program, args)
  if (code === 0) return
  throw new UpdateError('ERR_INSTALL', `The update was not installed: ${MEANINGS[code] ?? `the package manager ended with code ${code}`}. Natter tries again when it quits next.`)
}

/** @returns the exit code, or -1 where there is none */
async function run (program: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    // Apart, so that the end of this process does not take it along.
    const child = spawn(program, args, { stdio: 'ignore', detached: true, cwd: '/' })
    const done = (code: number): void => {
      clearTimeout(timer)
      resolve(code)
    }
    const timer = setTimeout(() => {
      child.unref()
      done(-1)
    }, DEADLINE)
    child.once('error', () => { done(-1) })
    child.once('exit', (code) => { done(code ?? -1) })
  })
}
