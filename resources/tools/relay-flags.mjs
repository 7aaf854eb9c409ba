/**
 * What Node is started with to run the relay. By default V8 lets garbage stand
 * where the machine has memory: it set aside 134 MB for new objects alone, and
 * with 180 clients in pubsub the process held 400 kB for each, of which 104 kB
 * were in use. So bounded it held 166 kB (measured).
 */
export const relayNodeFlags = ['--max-semi-space-size=4', '--heap-growing-percent=10']
