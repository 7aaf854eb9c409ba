// The relay as packages start it.
import './lean-heap.ts'
import './older-node.ts'
import '../index.ts'
