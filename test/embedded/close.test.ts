import { expect, test } from 'vitest'
import { startPbx } from '../../src/embedded/pbx.ts'
import { openPeer, optionsFor } from './peer.ts'

const openPorts = (): number => process.getActiveResourcesInfo().filter((name) => name === 'UDPWrap').length

test('a party that is closed while it opens media for a call leaves no port open', async () => {
  const before = openPorts()
  const peer = await openPeer()
  const pbx = await startPbx(optionsFor('sinch/eu', peer))
  pbx.stimulate('dial', {})
  await Promise.all([pbx.close(), peer.close()])
  await expect.poll(openPorts).toBe(before)
})
