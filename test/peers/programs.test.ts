import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, freePorts, isBound, loopback, optionsRequest } from '../support/ports.ts'
import { type Peer, startBaresip, sippScenario, startKamailio, startSipp } from '../support/peers.ts'
import { lacking } from '../support/programs.ts'

const optionsTo = (port: number, target: string): Promise<string | undefined> => ask(port, optionsRequest(target), 5000)

/** Field names of a message, in its order. */
const status = (answer: string | undefined): string => answer?.split('\r\n')[0] ?? 'no answer'

describe('free ports', () => {
  test('are all different, and not bound once given', async () => {
    const ports = await freePorts(8, 2)
    expect(new Set(ports).size).toBe(8)
    expect(ports.filter((port) => isBound(port))).toEqual([])
  })
})

describe.skipIf(lacking('kamailio'))('Kamailio as a trunk', () => {
  for (const config of ['trunk-sinch', 'trunk-example'] as const)
    test(`${config} starts, answers OPTIONS and leaves nothing behind`, async () => {
      const [answers = 0, plays = 0] = await freePorts(2)
      const kamailio = await startKamailio(config, { answers, plays })
      try {
        const answer = await optionsTo(kamailio.port, `sip:${loopback}:${kamailio.port}`)
        expect(status(answer)).toMatch(/^SIP\/2\.0 200 /)
        expect(answer).toContain(`Server: ${config}`)
      } finally {
        await kamailio.stop()
      }
      expect(isBound(kamailio.port)).toBe(false)
    })
})

describe.skipIf(lacking('baresip', 'sipp'))('baresip as a PBX', () => {
  let baresip: Peer
  beforeAll(async () => {
    baresip = await startBaresip()
  })
  afterAll(() => baresip.stop())

  test('answers OPTIONS for its account', async () => {
    expect(status(await optionsTo(baresip.port, `sip:+19876543210@${loopback}:${baresip.port}`))).toBe('SIP/2.0 200 OK')
  })

  test('answers the call of SIPp in the shape of a provider, until SIPp hangs up', async () => {
    const call = ['-sf', sippScenario('uac'), '-s', '+19876543210', '-key', 'caller', '+46733478561', '-m', '1']
    const sipp = await startSipp([...call, '-rtp_echo', `${loopback}:${baresip.port}`])
    expect(await sipp.ended).toBe(0)
    await sipp.stop()
    expect(baresip.output()).toContain('Call established: sip:+46733478561@18.194.168.245')
  })
})

describe.skipIf(lacking('sipp'))('SIPp', () => {
  test('waits for a call as a UAS, and is gone when stopped', async () => {
    const sipp = await startSipp(['-sn', 'uas'])
    expect(isBound(sipp.port)).toBe(true)
    await sipp.stop()
    expect(isBound(sipp.port)).toBe(false)
  })

  test('says what it wrote where it does not come up', async () => {
    await expect(startSipp(['-sf', '/nowhere.xml'])).rejects.toThrow(/sipp did not come up.*nowhere/s)
  })
})
