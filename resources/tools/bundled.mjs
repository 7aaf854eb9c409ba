// Which packages a bundle is made of.

/** @typedef {Awaited<ReturnType<typeof import('vite').build>>} Built */

/** The packages whose modules went into a bundle, as the lockfile names them: `node_modules/libp2p`. @param {Built} built @returns {string[]} */
export function packagesIn(built) {
  const outputs = Array.isArray(built) ? built : [built]
  const modules = outputs.flatMap((one) => 'output' in one ? one.output : []).flatMap((chunk) => chunk.type === 'chunk' ? chunk.moduleIds : [])
  return [...new Set(modules.flatMap((id) => /(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)/.exec(id.replaceAll('\\', '/'))?.[1] ?? []))].sort()
}
