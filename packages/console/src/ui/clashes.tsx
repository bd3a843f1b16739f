import { ApiProblem } from '../lib/api.ts'

interface Label {
  name: string
  label: string
}

/** Which applications' addresses stand in the way of a name (S40): all at once, each with the first part of its address. */
export function Clashes({ error }: { error: unknown }) {
  if (!(error instanceof ApiProblem)) return null
  const labels = (error.body['clashes'] ?? error.body['labels'] ?? []) as Label[]
  if (labels.length === 0) return null
  const why = error.code === 'host_label_taken' ? 'is taken' : error.code === 'name_reserved' ? 'is reserved' : "can't be used in a host name"
  return (
    <ul aria-label="Conflicting addresses" className="list-disc pl-5 text-sm text-muted marker:text-line-strong">
      {labels.map(({ name, label }) => (
        <li key={name} className="wrap-anywhere">
          {name}: <code>{label}</code> {why}
        </li>
      ))}
    </ul>
  )
}
