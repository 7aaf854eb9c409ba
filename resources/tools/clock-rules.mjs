// Intervals, deadlines, quotas and ages go by `monotonicNow` of main/node/clock.ts (in the page: by
// `performance.now`). The wall clock can be set, so the files that read it are named here, each with its reason.

const stored = 'a date that is stored'
const shown = 'a date that is shown'
const wire = 'a date that others send or read'
const compared = 'a comparison of clocks'

/** @type {Readonly<Record<string, readonly string[]>>} */
export const wallClockFiles = {
  [stored]: [
    // Posts, blocked people, key and settings files that are set aside.
    'main/chat/create-chat.ts',
    'main/desktop/api/blocking.ts',
    'main/desktop/keys/keys.ts',
    'main/relay/history-keeper.ts',
    'main/settings/settings.ts',
    'main/store/worker/core.ts',
    // Files have dates, and so have the names of those that are exported.
    'main/desktop/api/files.ts',
    'main/desktop/api/simulation.ts',
    'main/desktop/crashes/crashes.ts',
    'main/desktop/logs/log.ts'
  ],
  [shown]: [
    'main/desktop/api/snapshot.ts',
    'main/desktop/checks.ts',
    'main/desktop/protocols/samples.ts',
    'main/desktop/protocols/simulations.ts',
    'main/desktop/updates/updates.ts',
    'main/node/reachability/service.ts',
    'main/node/shown-dates.ts',
    'renderer/main.ts',
    'renderer/state/clock.svelte.ts',
    'renderer/state/writing.svelte.ts'
  ],
  [wire]: [
    // Posts carry their author's clock; peer records, lists and certificates have dates of their own, and numbers begin at one.
    'main/chat/history/evidence.ts',
    'main/desktop/relay-sources/lists/lists.ts',
    'main/node/check/steps/person.ts',
    'main/node/pubsub/sequence-numbers.ts',
    'main/node/discovery/record-sequence.ts',
    'main/node/relay/standing.ts',
    'main/relay/tls/acme.ts',
    'main/relay/tls/certificate.ts'
  ],
  [compared]: [
    'main/node/check/relay-probe.ts',
    'main/node/reachability/reservation-renewal.ts',
    'main/node/wake.ts'
  ]
}

const message = '[monotonic-intervals] The wall clock can be set. Measure intervals with monotonicNow (main/node/clock.ts), in the page with performance.now; name the file in resources/tools/clock-rules.mjs if it needs a date.'

/** Configuration objects for eslint. */
export const clockRules = [
  {
    files: ['main/**', 'preload/**', 'renderer/**', 'text/**', 'words/**'],
    ignores: Object.values(wallClockFiles).flat(),
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          // Every mention of Date but those that make a date of a number or read one: a list of ways to read the clock would miss some.
          'Identifier[name="Date"]:not(NewExpression[arguments.length>0] > .callee):not(MemberExpression[property.name=/^(UTC|parse)$/] > .object):not(TSTypeReference > .typeName):not(BinaryExpression[operator="instanceof"] > .right)',
          // libp2p's dates of when connections and streams opened: main/node/connection-age.ts has the same by the other clock.
          'MemberExpression[property.name="timeline"]',
          'ObjectPattern > Property[key.name="timeline"]'
        ].map((selector) => ({ selector, message }))
      ]
    }
  }
]
