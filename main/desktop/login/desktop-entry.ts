/** Group of a desktop entry's file that we read and write (Desktop Entry Specification 1.5). */
const GROUP = '[Desktop Entry]'

/** What is written into an autostart entry. */
export interface AutostartEntry {
  readonly name: string
  readonly comment: string
  readonly icon: string
  /** Program and arguments. */
  readonly exec: readonly string[]
}

/** @throws RangeError where a word holds a line break, which no entry can */
export function writeEntry ({ name, comment, icon, exec }: AutostartEntry): string {
  return [
    GROUP,
    'Type=Application',
    'Version=1.0',
    `Name=${escapeString(name)}`,
    `Comment=${escapeString(comment)}`,
    `Icon=${escapeString(icon)}`,
    `Exec=${escapeString(exec.map(quote).join(' '))}`,
    'Terminal=false',
    'StartupNotify=false',
    'X-GNOME-Autostart-enabled=true',
    ''
  ].join('\n')
}

/** The command that an entry starts at login; undefined where it starts none. */
export function readEntry (text: string): readonly string[] | undefined {
  const keys = new Map<string, string>()
  let group = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('[')) group = line.trim()
    const [, key = '', value = ''] = /^([A-Za-z0-9-]+)[ \t]*=[ \t]*(.*?)[ \t\r]*$/su.exec(line) ?? []
    if (group === GROUP && !keys.has(key)) keys.set(key, unescapeString(value))
  }
  if (keys.get('Hidden') === 'true' || keys.get('X-GNOME-Autostart-enabled') === 'false') return undefined
  const words = unquote(keys.get('Exec') ?? '')
  return words.length === 0 ? undefined : words
}

/** One argument of `Exec`: in double quotes with what means something there escaped, and no field codes. */
function quote (word: string): string {
  if (/[\n\r\0]/u.test(word)) throw new RangeError('A desktop entry cannot hold a line break.')
  const plain = word.replaceAll('%', '%%')
  return /^[\w@%+=:,./-]+$/u.test(plain) ? plain : `"${plain.replace(/["`$\\]/gu, '\\$&')}"`
}

function unquote (exec: string): string[] {
  return [...exec.matchAll(/"((?:[^"\\]|\\.)*)"|([^ \t]+)/gsu)].map(([, quoted, plain = '']) =>
    (quoted === undefined ? plain : quoted.replace(/\\(.)/gsu, '$1')).replaceAll('%%', '%'))
}

/** The outer of the two layers: every value of the type `string` has it. */
function escapeString (value: string): string {
  return value.replaceAll('\\', '\\\\')
}

function unescapeString (value: string): string {
  const characters: Readonly<Record<string, string>> = { s: ' ', n: '\n', t: '\t', r: '\r' }
  return value.replace(/\\(.)/gsu, (_, next: string) => characters[next] ?? next)
}
