import { Link } from '@tanstack/react-router'
import { Page } from '../ui/page.tsx'

export const NotFound = () => (
  <Page title="Page not found" lead="Check the address, or go back to the overview.">
    <p>
      <Link to="/" className="link">
        Go to the overview
      </Link>
    </p>
  </Page>
)
