/** Our own DHT: it shares no peer with the public one of IPFS. A file of its own: who names no other relays loads no DHT. */
export const KAD_PROTOCOL = '/natter/kad/1.0.0'
