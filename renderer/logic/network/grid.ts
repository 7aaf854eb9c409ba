/** A cell of a grid; row -1 is the head. */
export interface GridPlace { readonly row: number, readonly column: number }

/** Rows that Page Up and Page Down go by. */
const PAGE = 10

/** Where a key leads in a grid, as the ARIA grid pattern has it; undefined where it leads nowhere. */
export function gridStep (
  { key, ctrlKey, metaKey, altKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>,
  { row, column }: GridPlace,
  { rows, columns }: { readonly rows: number, readonly columns: number }
): GridPlace | undefined {
  const control = ctrlKey || metaKey
  const to = (wanted: GridPlace): GridPlace => ({ row: Math.min(rows - 1, Math.max(-1, wanted.row)), column: Math.min(columns - 1, Math.max(0, wanted.column)) })
  if (altKey) return undefined
  switch (key) {
    case 'Home': return to({ row: control ? -1 : row, column: 0 })
    case 'End': return to({ row: control ? rows - 1 : row, column: columns - 1 })
  }
  if (control) return undefined
  switch (key) {
    case 'ArrowUp': return to({ row: row - 1, column })
    case 'ArrowDown': return to({ row: row + 1, column })
    case 'ArrowLeft': return to({ row, column: column - 1 })
    case 'ArrowRight': return to({ row, column: column + 1 })
    case 'PageUp': return to({ row: row - PAGE, column })
    case 'PageDown': return to({ row: row + PAGE, column })
    default: return undefined
  }
}
