import { CSPProvider } from '@base-ui/react/csp-provider'
import { Tooltip } from '@base-ui/react/tooltip'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ConfirmationDialog } from './app/confirmation-dialog.tsx'
import { loadAllPages } from './app/page-loader.tsx'
import { showRevocationToasts } from './app/revocation.ts'
import { router } from './app/router.tsx'
import { trackFocusedRow } from './lib/focus.ts'
import { queries } from './lib/queries.ts'
import { Toasts } from './ui/toasts.tsx'
import './app/console.css'

const root = document.getElementById('root')
if (!root) throw new Error('The page has no root element.')
showRevocationToasts()
trackFocusedRow()

createRoot(root).render(
  <StrictMode>
    {/* The page's policy allows no style elements. */}
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <Tooltip.Provider delay={300}>
          <RouterProvider router={router} />
          <ConfirmationDialog />
          <Toasts />
        </Tooltip.Provider>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
)
loadAllPages()
