import type { Release, ReleaseFile } from './release.ts'

/**
 * The file of a release for one kind of package: of several, the one whose name
 * tells the architecture.
 *
 * @param extension without its dot, like `deb`
 */
export function pickFile ({ files }: Release, extension: string, arch: string): ReleaseFile | undefined {
  const fitting = files.filter(({ url }) => url.toLowerCase().endsWith(`.${extension.toLowerCase()}`))
  return fitting.find(({ url }) => url.includes(arch)) ?? fitting[0]
}
