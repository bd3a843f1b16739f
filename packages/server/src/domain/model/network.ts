// An address alone does not identify a caller: an IPv6 subscriber has 2^64 of them, a site 2^80. Limits count subscribers and networks instead.

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/
const IPV6 = /^[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*$/i

/** One subscriber: an IPv4 address, or the /64 of an IPv6 address (C10). Other text stays as it is. */
export function subscriberOf(address: string): string {
  const plain = MAPPED.exec(address)?.[1] ?? address
  return IPV6.test(plain) ? prefixOf(plain, 4) : plain
}

/** One site: the /24 of an IPv4 address, the /48 of an IPv6 address. Other text stays as it is. */
export function networkOf(address: string): string {
  const plain = MAPPED.exec(address)?.[1] ?? address
  if (IPV4.test(plain)) return `${plain.slice(0, plain.lastIndexOf('.'))}.0/24`
  return IPV6.test(plain) ? prefixOf(plain, 3) : plain
}

/** The first groups of an IPv6 address in one spelling. */
function prefixOf(address: string, groups: 3 | 4): string {
  const [head = '', tail] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const all = tail === undefined ? left : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
  const prefix = all.slice(0, groups).map((group) => Number.parseInt(group, 16).toString(16))
  return `${prefix.join(':')}::/${groups * 16}`
}
