/** MiB that V8 gives each half of the space for new objects; read when it starts. */
export const newSpaceFlag = '--max-semi-space-size=8'
/** By how much the heap grows before garbage is collected. */
export const growthFlag = '--heap-growing-percent=20'

/**
 * What Node is started with to run the relay. By default V8 lets garbage stand
 * where the machine has memory: it set aside 134 MB for new objects alone, and
 * with 180 clients in pubsub the process held 400 kB for each, of which 104 kB
 * were in use. So bounded it holds 140 to 165 kB for each of 1,000 (measured);
 * half of either figure makes it collect so often that somebody new waits for
 * more than 100 ms.
 */
export const relayNodeFlags = [newSpaceFlag, growthFlag]
