import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Ajv } from 'ajv'

/** A component, as far as tests read it. */
export interface Component {
  readonly name: string
  readonly version: string
  readonly purl?: string
  readonly scope?: string
  readonly licenses: readonly object[]
  readonly hashes?: readonly object[]
  readonly components?: readonly Component[]
}

/** A bill of materials, as far as tests read it. */
export interface Bill {
  readonly bomFormat: string
  readonly specVersion: string
  readonly metadata: { readonly timestamp?: string, readonly component: Component }
  readonly components: readonly Component[]
}

/** Reads a bill, and answers what CycloneDX's own schema says against it. */
export function judgeBill (text: string): { readonly bill: Bill, readonly problems: readonly string[] } {
  const bill = JSON.parse(text) as Bill
  const folder = join(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json'), '../res/schema')
  const read = (name: string): object => JSON.parse(readFileSync(join(folder, `${name}.SNAPSHOT.schema.json`), 'utf8')) as object
  // It has formats that only draft 2019 knows; nothing here uses them.
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, schemas: { 'http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json': read('spdx'), 'http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json': read('jsf-0.82') } })
  const validate = ajv.compile(read('bom-1.6'))
  validate(bill)
  return { bill, problems: (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`) }
}

/** Every component, those within others too. */
export function allOf (components: readonly Component[]): readonly Component[] {
  return components.flatMap((component) => [component, ...allOf(component.components ?? [])])
}
