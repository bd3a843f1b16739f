/** A row that was read before the locks has changed. The command runs again, as after a serialization failure. */
export class Collision extends Error {
  override name = 'Collision'
  readonly code = '40001'
}
