import { Link } from '@tanstack/react-router'
import { Page } from '../ui/page.tsx'

export const NotFound = () => (
  <Page title="There is no such page" lead="The address is mistyped, or what it named is gone.">
    <p>
      <Link to="/" className="link">
        To the start
      </Link>
    </p>
  </Page>
)
