/** The logo: a list of three lines, with the last one ticked. */
export const Mark = ({ name = 'Muster' }: { name?: string }) => (
  <span className="inline-flex items-center gap-2 text-lg font-semibold tracking-tight">
    <svg aria-hidden="true" viewBox="0 0 16 16" width="18" height="18" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="square">
      <path d="M2 3h12M2 8h6.5M2 13h3" />
      <path className="text-accent" stroke="currentColor" strokeLinejoin="miter" d="m8.75 11.25 2.25 2.25 3.75-5.25" />
    </svg>
    {name}
  </span>
)
