import { TextField } from './field.tsx'

interface Props {
  name: string
  value: string
  onChange: (value: string) => void
  /** The form was submitted, so that a wrong name is shown as a fault. */
  submitted: boolean
}

/** Asks for the name before an action with large effects, so that nobody confirms it for the wrong object. */
export const TypedName = ({ name, value, onChange, submitted }: Props) => (
  <TextField
    label={`Type ${name} to confirm`}
    value={value}
    onChange={(event) => onChange(event.target.value)}
    fault={submitted && value !== name ? `This does not match ${name}.` : undefined}
    autoComplete="off"
    autoCapitalize="none"
    spellCheck={false}
    className="font-mono"
  />
)
