/** A row that was read before the locks has changed. The command runs again, as after a serialization failure. */
export class RetryTransaction extends Error {
  override name = 'RetryTransaction'
  readonly code = '40001'
}
