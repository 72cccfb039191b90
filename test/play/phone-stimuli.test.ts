import { afterEach, describe, expect, test } from 'vitest'
import { phoneStimuli } from '../../src/play/phone-stimuli.ts'
import { noStimuli } from '../../src/play/stimulus.ts'
import { behind, closeAll } from './phone-behind.ts'

afterEach(closeAll)

describe('as the stimulus of a PBX', () => {
  const args = { from: '+46733478561', to: '+12345678900', codecs: [], callId: '' }

  test('what the dial plan has an example of is dialled by that, the rest as it is', async () => {
    const { phone, pbx } = await behind()
    const stimuli = phoneStimuli(phone, [{ dials: '0012345678900', sends: '+12345678900' }], noStimuli)
    await stimuli.fire('dial', args)
    await stimuli.fire('dial', { ...args, to: '+12345678901' })
    const asked = [await pbx.next('request'), await pbx.next('request')].map(
      ({ received }) => received.message.requestUri,
    )
    expect(asked).toEqual(['sip:0012345678900@pbx.example.com', 'sip:+12345678901@pbx.example.com'])
  })

  test('what is configured goes before it', async () => {
    const { phone } = await behind()
    const fired: string[] = []
    const configured = {
      available: new Set(['dial', 'options'] as const),
      fire: (stimulus: string) => {
        fired.push(stimulus)
        return Promise.resolve(undefined)
      },
    }
    const stimuli = phoneStimuli(phone, [], configured)
    expect([...stimuli.available].sort()).toEqual(['answer', 'dial', 'hang-up', 'hold', 'options', 'press', 'resume'])
    await stimuli.fire('dial', args)
    expect(await stimuli.fire('hang-up', args)).toEqual({ reason: 'the phone has no call to hang up', by: 'sut' })
    expect(await stimuli.fire('hold', args)).toEqual({ reason: 'the phone has no call to hold', by: 'sut' })
    expect(fired).toEqual(['dial'])
  })
})
