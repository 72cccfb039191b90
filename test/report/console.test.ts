import { describe, expect, test } from 'vitest'
import { renderConsole } from '../../src/report/console.ts'
import { noPaint } from '../../src/report/paint.ts'
import { answered, clean, finding, mixed, notPlayed, runOf } from './sample.ts'

const written = {
  folder: 'reports/20261120-192800',
  files: ['result.json', 'junit.xml', 'results.tap', 'capture.pcapng'],
}

describe('the text that ends a run', () => {
  test('tells what is wrong, who is at fault, where to look and what to do', () => {
    expect(renderConsole(mixed, { written })).toMatchInlineSnapshot(`
      "trunkproof 0.1.0  sinch/eu against sip:127.0.0.1:25060

        FAIL            termination/answered-call (trunk under test, codec=PCMU)  2.5 s  2 fail, 1 inconclusive, 1 warn, 1 waived
        FAIL            termination/answered-call (trunk under test, codec=PCMA)  2.5 s  1 fail
        PASS            options/answered (trunk under test)  0.0 s
        NOT-APPLICABLE  call/far-end-hangs-up (trunk under test)  trunkproof.yaml gives no number for hangsUp

      FAIL            auth-realm  call 1/INVITE 1  in termination/answered-call (trunk under test, codec=PCMU)
          expected    realm "euc1.vp.sip.sinch.com"
          got         realm "asterisk"
          at fault    the trunk
          seen in     frame 2
          documented  SINCH-AUTH-02
          to do       Check the SIP credentials and the authentication realm.
          also in     termination/answered-call (trunk under test, codec=PCMA)

        frame       time pbx                                            trunk
             1     0.000  |---------------- INVITE (SDP) ----------------->|
             2     0.001  |<-------------- 401 Unauthorized ---------------|  <-- here
             3     0.002  |--------------------- ACK --------------------->|
             4     0.003  |----------- INVITE (SDP) (2 times) ------------>|
             6     0.104  |<----------------- 100 Trying ------------------|
                          :  7 after

      FAIL            audio-heard  stream trunk>pbx 1  in termination/answered-call (trunk under test, codec=PCMU)
          expected    audio above -40 dBov
          got         1980 ms of silence
          at fault    the trunk
          seen in     frames 11, 208
          documented  SINCH-RTP-04
          to do       Look for a codec that both sides name alike and decode
                      differently, and for a muted source.

        frame       time pbx                                            trunk
                          :  6 before
             8     0.440  |<---------------- 200 OK (SDP) -----------------|
             9     0.441  |--------------------- ACK --------------------->|
            10     0.442  |========== audio 1000 Hz, 99 packets ==========>|
            11     0.462  |<========= silence, 99 packets, 1 lost =========|  <-- here
           209     2.450  |--------------------- BYE --------------------->|
           210     2.451  |<---------------- 200 OK to BYE ----------------|

      WARN            from-host  call 1/INVITE 1  in termination/answered-call (trunk under test, codec=PCMU)
          expected    euc1.vp.sip.sinch.com
          got         10.0.0.5 ␛[31m<&>"␀\\u202e
          at fault    the PBX
          seen in     frame 1
          to do       Send the provider host in From.

        frame       time pbx                                            trunk
             1     0.000  |---------------- INVITE (SDP) ----------------->|  <-- here
             2     0.001  |<-------------- 401 Unauthorized ---------------|
             3     0.002  |--------------------- ACK --------------------->|
             4     0.003  |----------- INVITE (SDP) (2 times) ------------>|
                          :  8 after

      Not judged, because something before it went wrong:
        auth-credentials: call 1/INVITE 2: because of auth-realm

      Waived:
        rtp-port-range: stream trunk>pbx 1 in termination/answered-call (trunk under test, codec=PCMU): port 8000; waived by Ada until 2027-01-31: known, ticket #12

      4 ladders in 5.1 s, 10 findings: 3 fail, 1 inconclusive, 1 warn, 1 waived, 1 info, 3 pass
      Written to reports/20261120-192800: result.json, junit.xml, results.tap, capture.pcapng
      Look closer: wireshark reports/20261120-192800/capture.pcapng
        Each frame named above carries its finding as a comment.
      Inconclusive is not a pass: it was not seen, so it is not proved.
      "
    `)
  })
  test('of a clean embedded run is short and says what to do next', () => {
    expect(
      renderConsole(runOf([clean], { sut: 'embedded', notes: ['euc1.vp.sip.sinch.com is 127.0.0.1 here'] }), {
        written,
      }),
    ).toMatchInlineSnapshot(`
      "trunkproof 0.1.0  sinch/eu against our own parties on loopback
        euc1.vp.sip.sinch.com is 127.0.0.1 here

        PASS            options/answered (trunk under test)  0.0 s

      1 ladder in 5.1 s, 1 finding: 1 pass
      Written to reports/20261120-192800: result.json, junit.xml, results.tap, capture.pcapng
      This proved the ladders against our own parties. To prove yours:
        trunkproof run sinch/eu --pbx sip:HOST[:PORT]     we play the provider
        trunkproof run sinch/eu --trunk sip:HOST[:PORT]   we play the PBX
      "
    `)
  })
  test('tells ladders that were never begun by their reason, where lines were printed as ladders ended', () => {
    const other = { ...notPlayed, id: 'call/busy' }
    expect(renderConsole(runOf([clean, notPlayed, other]), { alreadyListed: true })).toContain(
      '\nNot played:\n  trunkproof.yaml gives no number for hangsUp\n    call/far-end-hangs-up, call/busy\n\n',
    )
  })
  test('of a run that was interrupted before it judged anything says so', () => {
    expect(renderConsole(runOf([notPlayed], { interrupted: true }))).toMatchInlineSnapshot(`
      "trunkproof 0.1.0  sinch/eu against sip:127.0.0.1:25060

        NOT-APPLICABLE  call/far-end-hangs-up (trunk under test)  trunkproof.yaml gives no number for hangsUp

      1 ladder in 5.1 s, 0 findings
      The run was interrupted: only what was done before is judged.
      "
    `)
  })
  test('does not repeat the lines of ladders that were printed while the run went on', () => {
    expect(renderConsole(mixed, { alreadyListed: true })).not.toContain('PASS')
    expect(renderConsole(mixed)).toContain('PASS            options/answered')
  })
  test('lets no control of a peer through to the terminal', () => {
    const nasty = '\u001b]0;owned\u0007\r\n\u009b31m\u202e'
    const text = renderConsole(
      runOf(
        [
          {
            ...answered,
            reason: nasty,
            cell: nasty,
            findings: [
              finding({
                check: 'to-echoed',
                subject: nasty,
                verdict: 'fail',
                expected: nasty,
                actual: nasty,
                advice: nasty,
                frames: [1],
              }),
              finding({ check: 'via-echoed', subject: nasty, verdict: 'waived', actual: nasty }),
              finding({ check: 'via-rport', subject: nasty, verdict: 'inconclusive', actual: `because of ${nasty}` }),
            ],
            rows: answered.rows.map((row) => ({ ...row, label: nasty })),
          },
        ],
        { notes: [nasty], sut: nasty },
      ),
      { width: 200 },
    )
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\u202e/u)
  })
  test('keeps to the width of the terminal, whatever a peer sent', () => {
    const long = finding({
      check: 'to-echoed',
      subject: 'call 1',
      verdict: 'fail',
      expected: 'x'.repeat(5000),
      actual: 'word '.repeat(500),
    })
    const lines = renderConsole(runOf([{ ...clean, findings: [long] }]), { width: 72 }).split('\n')
    expect(lines.filter((line) => line.length > 90)).toEqual([])
    expect(lines.length).toBeLessThan(50)
  })
  test('paints by verdict, through the inks that it is given', () => {
    const paint = { ...noPaint, verdict: (verdict: string, text: string) => `<${verdict}>${text.trim()}</>` }
    expect(renderConsole(mixed, { paint })).toContain('<fail>FAIL</>  auth-realm')
  })
})
