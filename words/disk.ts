/** What errors of the file system mean for a file or folder that cannot be written. */
const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk is full',
  EROFS: 'the disk is read-only',
  EACCES: 'the permissions of the folder do not allow it',
  EPERM: 'the permissions of the folder do not allow it',
  ENOTDIR: 'a file is in the way',
  EEXIST: 'a file is in the way',
  EISDIR: 'a folder is in the way',
  ENOENT: 'the folder does not exist',
  ENAMETOOLONG: 'its path is too long',
  EIO: 'the disk reports a fault'
}

/** Why something cannot be written, as the end of a sentence without its full stop. */
export function diskWords (error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return WORDS[code] ?? (code === '' ? 'for a reason that the system does not name' : `the system reports ${code}`)
}
