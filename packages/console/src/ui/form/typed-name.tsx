import { TextField } from './field.tsx'

interface Props {
  name: string
  value: string
  onChange: (value: string) => void
  /** The button was pressed before the name stood there. */
  asked: boolean
}

/** Before what reaches far: the name is typed, so that nobody does it to another than they think. */
export const TypedName = ({ name, value, onChange, asked }: Props) => (
  <TextField
    label={`Type ${name} to confirm`}
    value={value}
    onChange={(event) => onChange(event.target.value)}
    fault={asked && value !== name ? `This does not match ${name}.` : undefined}
    autoComplete="off"
    autoCapitalize="none"
    spellCheck={false}
    className="font-mono"
  />
)
