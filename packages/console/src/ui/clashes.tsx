import { ApiProblem } from '../lib/api.ts'

interface Label {
  name: string
  label: string
}

/** Lists every application whose host label conflicts with a name (S40). */
export function Clashes({ error }: { error: unknown }) {
  if (!(error instanceof ApiProblem)) return null
  const labels = (error.body['clashes'] ?? error.body['labels'] ?? []) as Label[]
  if (labels.length === 0) return null
  const reason = error.code === 'host_label_taken' ? 'is taken' : error.code === 'name_reserved' ? 'is reserved' : "can't be used in a host name"
  return (
    <ul aria-label="Conflicting addresses" className="list-disc pl-5 text-sm text-muted marker:text-line-strong">
      {labels.map(({ name, label }) => (
        <li key={name} className="wrap-anywhere">
          {name}: <code>{label}</code> {reason}
        </li>
      ))}
    </ul>
  )
}
