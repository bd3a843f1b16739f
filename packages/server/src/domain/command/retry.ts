/** What was found before the locks is not so any more: the command is run again, as after a serialization failure of the database. */
export class Collision extends Error {
  override name = 'Collision'
  readonly code = '40001'
}
