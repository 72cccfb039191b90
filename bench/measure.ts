import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

export type Measured = { readonly wallMs: number; readonly peakMb: number; readonly code: number | null }

/** Wall time and peak resident memory of one command (Linux: VmHWM of /proc, looked at while it runs). */
export const measure = (program: string, args: readonly string[], cwd?: string): Promise<Measured> =>
  new Promise((resolve, reject) => {
    const begun = process.hrtime.bigint()
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] })
    let told = ''
    child.stderr.on('data', (chunk: Buffer) => {
      told = (told + chunk.toString()).slice(-2000)
    })
    let peakKb = 0
    const look = setInterval(() => {
      try {
        const line = readFileSync(`/proc/${child.pid ?? 0}/status`, 'latin1')
          .split('\n')
          .find((text) => text.startsWith('VmHWM'))
        peakKb = Math.max(peakKb, Number(line?.replace(/\D/g, '') ?? 0))
      } catch {
        // It has ended between two looks.
      }
    }, 20)
    child.once('error', (error) => {
      clearInterval(look)
      reject(error)
    })
    child.once('close', (code) => {
      clearInterval(look)
      if (code !== 0) process.stderr.write(told)
      resolve({ wallMs: Number(process.hrtime.bigint() - begun) / 1e6, peakMb: peakKb / 1024, code })
    })
  })

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
