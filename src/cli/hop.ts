import type { Command } from 'commander'
import { collect } from './collect.ts'

/** Options of every tool that sends a request to one URI. */
export const withHopOptions = (command: Command): Command =>
  command
    .option('--timeout <seconds>', 'how long an answer is waited for, 32 at most')
    .option('--bind <address>', 'own address, with or without a port')
    .option('--resolve <host=address>', 'resolve a host to this address; may be given again', collect)
