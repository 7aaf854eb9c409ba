// The store's worker as packages of the relay start it.
import './older-node.ts'
import '../../store/worker/entry.ts'
