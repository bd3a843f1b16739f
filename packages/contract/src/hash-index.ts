// The server and the SDK share this code. The SDK's package contains this file, so it imports nothing.

const LEAST = 1_024

/**
 * Finds rows by a hash: 8 to 16 bytes for each row, and no objects. The rows are elsewhere, so the caller compares them. Open addressing with linear probing, at
 * most half full.
 */
export class HashIndex {
  /** 0: empty. Otherwise a row and one. */
  #places = new Int32Array(LEAST)
  #size = 0
  readonly #hashOf: (row: number) => number

  /** @param hashOf the hash of a row that is in the index */
  constructor(hashOf: (row: number) => number) {
    this.#hashOf = hashOf
  }

  get size(): number {
    return this.#size
  }

  /** The row with this hash that `isWanted` accepts, or -1. */
  find(hash: number, isWanted: (row: number) => boolean): number {
    const mask = this.#places.length - 1
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const row = (this.#places[place] as number) - 1
      if (row < 0 || isWanted(row)) return row
    }
  }

  add(row: number, hash = this.#hashOf(row)): void {
    this.reserve(this.#size + 1)
    this.#size += 1
    this.#put(row, hash)
  }

  remove(row: number): void {
    const mask = this.#places.length - 1
    let hole = this.#hashOf(row) & mask
    for (; this.#places[hole] !== row + 1; hole = (hole + 1) & mask) if (this.#places[hole] === 0) return
    this.#size -= 1
    // The rows behind it that could not take this place move up, so that the search for them does not end here.
    for (let place = (hole + 1) & mask; this.#places[place] !== 0; place = (place + 1) & mask) {
      const wanted = this.#hashOf((this.#places[place] as number) - 1) & mask
      if (((place - wanted) & mask) < ((place - hole) & mask)) continue
      this.#places[hole] = this.#places[place] as number
      hole = place
    }
    this.#places[hole] = 0
  }

  #put(row: number, hash: number): void {
    const mask = this.#places.length - 1
    let place = hash & mask
    while (this.#places[place] !== 0) place = (place + 1) & mask
    this.#places[place] = row + 1
  }

  /** Makes room for so many rows in all. */
  reserve(size: number): void {
    let length = this.#places.length
    while (size > length / 2) length *= 2
    if (length === this.#places.length) return
    const before = this.#places
    this.#places = new Int32Array(length)
    for (const place of before) if (place !== 0) this.#put(place - 1, this.#hashOf(place - 1))
  }
}
