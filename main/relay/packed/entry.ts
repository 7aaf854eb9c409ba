// The relay as packages start it.
import './older-node.ts'
import '../index.ts'
