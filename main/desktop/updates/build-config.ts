import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'

const updateKey = v.object({
  id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,32}$/u)),
  key: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{43}=$/u))
})

/** The field `natter` of the app's own package.json, which packing puts there. */
const natterField = v.object({
  /** Whoever packs Natter for a system that updates it by itself sets this. */
  updates: v.optional(v.boolean(), true),
  updateFeed: v.optional(v.string(), ''),
  updateKeys: v.optional(v.array(updateKey), []),
  /** Signed lists of relays that come with the package: `natter-relays:<key>@https://…`. */
  relayLists: v.optional(v.array(v.string()), [])
})
const packageJson = v.object({ natter: v.optional(natterField, {}) })

/** What a build says about its updates. No feed and no keys: it has none. */
export type BuildConfig = Readonly<v.InferOutput<typeof natterField>>

/**
 * Reads what was packed. Inside the archive, so that it is as trustworthy as
 * the program beside it.
 *
 * @param appPath absolute path of the folder or archive that holds package.json
 * @returns undefined where it cannot be read
 */
export async function readBuildConfig (appPath: string): Promise<BuildConfig | undefined> {
  try {
    const raw: unknown = JSON.parse(await readFile(join(appPath, 'package.json'), 'utf8'))
    const parsed = v.safeParse(packageJson, raw)
    return parsed.success ? parsed.output.natter : undefined
  } catch {
    return undefined
  }
}
