import { describe, expect, it } from 'vitest'
import { refusal } from '../../src/media/address.ts'

const OWN = 'gateway.example.com'
const why = (address: string, own = OWN) => refusal(new URL(address), own)

describe('an address that is public by its form', () => {
  it.each([
    'https://example.com/a.png',
    'https://EXAMPLE.com:443/a.png?token=1#part',
    'https://example.com./a.png',
    'https://a_b.cdn-1.example.co.uk/a',
    'https://bücher.example/a',
    'https://xn--bcher-kva.example/a',
    'https://中国.中国/a',
    'https://127.0.0.1.example.com/',
    'https://localhost.example.com/',
    'https://mylocalhost.com/',
    'https://internal.com/',
    'https://1.2.3.com/',
    'https://not-gateway.example.com/',
    'https://com.gateway.example.com/',
  ])('is fetched: %s', (address) => {
    expect(why(address)).toBeUndefined()
  })
})

describe('an address in digits', () => {
  it.each([
    // Loopback, in every spelling that parsers take.
    'https://127.0.0.1/',
    'https://127.0.0.1./',
    'https://127.1/',
    'https://127.0.1/',
    'https://2130706433/',
    'https://017700000001/',
    'https://0x7f000001/',
    'https://0x7f.0.0.1/',
    'https://0177.0.0.01/',
    'https://0X7F.1/',
    'https://%31%32%37.0.0.1/',
    'https://127%2E0%2E0%2E1/',
    'https://１２７.０.０.１/',
    'https://①②⑦.⓪.⓪.①/',
    'https://127。0。0。1/',
    // Unspecified, private, link-local, CGNAT, benchmarking, documentation, multicast, broadcast.
    'https://0.0.0.0/',
    'https://0/',
    'https://10.0.0.1/',
    'https://172.16.0.1/',
    'https://172.31.255.255/',
    'https://192.168.1.1/',
    'https://3232235777/',
    'https://169.254.169.254/latest/meta-data/',
    'https://0xa9fea9fe/',
    'https://2852039166/',
    'https://100.64.0.1/',
    'https://100.100.100.200/',
    'https://168.63.129.16/',
    'https://198.18.0.1/',
    'https://192.0.2.1/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    // IPv6: loopback, unspecified, unique-local, link-local, multicast, and IPv4 inside of it.
    'https://[::1]/',
    'https://[0:0:0:0:0:0:0:1]/',
    'https://[::]/',
    'https://[fc00::1]/',
    'https://[fd00:ec2::254]/',
    'https://[fe80::1]/',
    'https://[ff02::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::169.254.169.254]/',
    'https://[64:ff9b:1::a00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[2001:0:7f00:1::]/',
    // A public one is no name either.
    'https://93.184.215.14/',
    'https://[2606:4700:4700::1111]/',
  ])('is not: %s', (address) => {
    expect(why(address)).toBe('its host is not a public name')
  })
})

describe('a name that is not public', () => {
  it.each([
    'https://localhost/',
    'https://LOCALHOST/',
    'https://localhost./',
    'https://loc%61lhost/',
    'https://ｌｏｃａｌｈｏｓｔ/',
    'https://a.localhost/',
    'https://localhost.localdomain/',
    'https://printer.local/',
    'https://printer.local./',
    'https://metadata/',
    'https://metadata.google.internal/',
    'https://host.docker.internal/',
    'https://router.home.arpa/',
    'https://1.0.0.127.in-addr.arpa/',
    'https://kubernetes.default.svc/',
    'https://kubernetes.default.svc.cluster.local/',
    'https://wiki.corp/',
    'https://nas.lan/',
    'https://abc.onion/',
    'https://intranet/',
    'https://a..com/',
    'https://.com/',
    'https://a.b.1x/',
  ])('is not fetched: %s', (address) => {
    expect(why(address)).toBe('its host is not a public name')
  })
})

describe('anything but https on its own port', () => {
  it.each(['http://example.com/', 'ftp://example.com/', 'file:///etc/passwd', 'data:,a', 'blob:https://example.com/a'])(
    'is not fetched: %s',
    (address) => {
      expect(why(address)).toBe('only https addresses are fetched')
    },
  )

  it.each(['https://example.com:8443/', 'https://example.com:80/', 'https://example.com:0/'])('nor: %s', (address) => {
    expect(why(address)).toBe('only port 443 is asked')
  })

  it.each(['https://user@example.com/', 'https://:pass@example.com/', 'https://example.com@127.0.0.1/'])(
    'nor with a user: %s',
    (address) => {
      expect(why(address)).toBe('its address holds a user name or a password')
    },
  )
})

describe('the gateway itself', () => {
  it.each([`https://${OWN}/v1/models`, `https://${OWN.toUpperCase()}./`, 'https://gateway.example%2Ecom/'])(
    'is not asked: %s',
    (address) => {
      expect(why(address)).toBe("its host is the gateway's own")
    },
  )

  it('however it was called', () => {
    expect(why('https://gateway.example.com/', 'GATEWAY.example.com.')).toBe("its host is the gateway's own")
  })
})

describe('what no parser takes', () => {
  it.each([
    'https://',
    'https://exa mple.com/',
    'https://256.256.256.256/',
    'https://[::1/',
    'https://a%00b.com/',
    '/a',
  ])('is no address: %s', (address) => {
    expect(URL.canParse(address)).toBe(false)
  })
})
