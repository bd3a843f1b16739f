import { Menu as BaseMenu } from '@base-ui/react/menu'
import type { LucideIcon } from 'lucide-react'
import Check from 'lucide-react/icons/check'
import Ellipsis from 'lucide-react/icons/ellipsis'
import { type ReactElement, type ReactNode, useEffect, useState } from 'react'
import { IconButton } from './button.tsx'
import { cx } from './cx.ts'

export interface MenuAction {
  label: string
  onSelect: () => void
  icon?: LucideIcon
  /** `paused` is for reversible actions on access, `danger` for irreversible ones. */
  tone?: 'paused' | 'danger'
}

const tones = { paused: 'text-paused', danger: 'text-danger' } as const

const itemClass = (tone?: MenuAction['tone']) =>
  cx(
    'flex min-h-8 cursor-default items-center gap-2.5 rounded px-2 py-1 text-sm outline-none select-none pointer-coarse:min-h-11 data-[highlighted]:bg-sunken',
    tone ? tones[tone] : 'text-text',
  )

/** The main landmark, which holds the menus. It exists only after the first render. */
function useContent(): HTMLElement | null {
  const [content, setContent] = useState<HTMLElement | null>(null)
  useEffect(() => setContent(document.getElementById('content')), [])
  return content
}

/** Actions, or a `MenuChoice`. */
type MenuGroup = MenuAction[] | ReactElement

function Actions({ groups, children }: { groups: MenuGroup[]; children?: ReactNode }) {
  return (
    <BaseMenu.Portal container={useContent()}>
      <BaseMenu.Positioner side="bottom" align="end" sideOffset={4} collisionPadding={8} className="z-40 outline-none">
        <BaseMenu.Popup className="floating min-w-48 max-w-[calc(100vw-16px)] rounded border border-line bg-surface p-1 shadow-float outline-none">
          {children}
          {groups
            .filter((group) => !Array.isArray(group) || group.length > 0)
            .map((group, at) => (
              <BaseMenu.Group key={Array.isArray(group) ? group[0]?.label : 'choice'}>
                {at > 0 && <BaseMenu.Separator className="my-1 h-px bg-line" />}
                {Array.isArray(group)
                  ? group.map(({ label, onSelect, icon: Icon, tone }) => (
                      <BaseMenu.Item key={label} onClick={onSelect} className={itemClass(tone)}>
                        {Icon && <Icon aria-hidden size={15} />}
                        {label}
                      </BaseMenu.Item>
                    ))
                  : group}
              </BaseMenu.Group>
            ))}
        </BaseMenu.Popup>
      </BaseMenu.Positioner>
    </BaseMenu.Portal>
  )
}

/** Radio items inside a menu; the current one is checked. */
export function MenuChoice<Value extends string>({
  value,
  onChange,
  choices,
}: {
  value: Value
  onChange: (value: Value) => void
  choices: readonly (readonly [value: Value, label: string, icon: LucideIcon])[]
}) {
  return (
    <BaseMenu.RadioGroup value={value} onValueChange={(next) => onChange(next as Value)}>
      {choices.map(([one, label, Icon]) => (
        <BaseMenu.RadioItem key={one} value={one} closeOnClick className={itemClass()}>
          <Icon aria-hidden size={15} />
          {label}
          <BaseMenu.RadioItemIndicator className="ml-auto">
            <Check aria-hidden size={15} />
          </BaseMenu.RadioItemIndicator>
        </BaseMenu.RadioItem>
      ))}
    </BaseMenu.RadioGroup>
  )
}

/** A menu of actions. Lines separate groups, and dangerous actions come last. */
export const Menu = ({ trigger, groups, children }: { trigger: ReactElement; groups: MenuGroup[]; children?: ReactNode }) => (
  <BaseMenu.Root>
    <BaseMenu.Trigger render={trigger} />
    <Actions groups={groups}>{children}</Actions>
  </BaseMenu.Root>
)

const rows = BaseMenu.createHandle<MenuAction[][]>()

/** One menu shared by all rows, because a menu in each row of a long table is slow. */
export const RowMenus = () => <BaseMenu.Root handle={rows}>{({ payload }) => <Actions groups={payload ?? []} />}</BaseMenu.Root>

/** The ⋯ button at the end of a row; its label names the row. */
export const RowMenu = ({ label, groups }: { label: string; groups: MenuAction[][] }) => (
  <BaseMenu.Trigger
    handle={rows}
    payload={groups}
    render={
      <IconButton label={label}>
        <Ellipsis aria-hidden size={16} />
      </IconButton>
    }
  />
)
