import { useId } from 'react'

export interface TickArea {
  area: string
  choices: readonly { permission: string; words: string }[]
}

interface Props {
  areas: readonly TickArea[]
  chosen: readonly string[]
  onChange: (chosen: string[]) => void
  /** Also a box for all of an area. */
  canTickAreas?: boolean
}

/** Permissions as tick boxes, by area. */
export function TickBoxes({ areas, chosen, onChange, canTickAreas = false }: Props) {
  const id = useId()
  const tick = (permissions: readonly string[], isTicked: boolean) =>
    onChange([...chosen.filter((one) => !permissions.includes(one)), ...(isTicked ? permissions : [])])
  return (
    <div className="flex flex-col gap-4">
      {areas.map(({ area, choices }) => {
        const all = choices.map(({ permission }) => permission)
        const ticked = all.filter((permission) => chosen.includes(permission)).length
        return (
          <fieldset key={area} className="flex min-w-0 flex-col gap-1">
            <legend className="mb-1 text-sm font-semibold wrap-anywhere">{area}</legend>
            {canTickAreas && all.length > 1 && (
              <label className="flex min-h-6 items-center gap-2 text-sm text-muted pointer-coarse:min-h-11">
                <input
                  type="checkbox"
                  ref={(box) => {
                    if (box) box.indeterminate = ticked > 0 && ticked < all.length
                  }}
                  checked={ticked === all.length}
                  onChange={(event) => tick(all, event.target.checked)}
                  className="size-4 flex-none accent-accent"
                />
                <span className="min-w-0 wrap-anywhere">Everything in {area}</span>
              </label>
            )}
            {choices.map(({ permission, words }) => (
              <label key={permission} htmlFor={`${id}-${permission}`} className="flex min-h-6 items-center gap-2 text-sm pointer-coarse:min-h-11">
                <input
                  id={`${id}-${permission}`}
                  type="checkbox"
                  checked={chosen.includes(permission)}
                  onChange={(event) => tick([permission], event.target.checked)}
                  className="size-4 flex-none accent-accent"
                />
                <span className="min-w-0 wrap-anywhere">{words}</span>
              </label>
            ))}
          </fieldset>
        )
      })}
    </div>
  )
}
