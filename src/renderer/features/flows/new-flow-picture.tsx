/** A step to come, between others to come. */
export const NewFlowPicture = () => (
  <svg width="300" height="132" viewBox="0 0 300 132" aria-hidden="true">
    <g fill="none" stroke="var(--line-ui)" strokeWidth="1.5">
      <path d="M84 66h30M186 66c20 0 14-30 34-30M186 66c20 0 14 30 34 30" strokeDasharray="2 5" strokeLinecap="round" />
      <rect x="16" y="46" width="68" height="40" rx="8" strokeDasharray="4 4" />
      <rect x="220" y="16" width="64" height="40" rx="8" strokeDasharray="4 4" />
      <rect x="220" y="76" width="64" height="40" rx="8" strokeDasharray="4 4" />
    </g>
    <rect x="114" y="42" width="72" height="48" rx="9" fill="var(--surface)" stroke="var(--select)" strokeWidth="2" />
    <rect x="110" y="38" width="80" height="56" rx="12" fill="none" stroke="var(--select-halo)" strokeWidth="4" />
    <path d="M150 57v18M141 66h18" stroke="var(--ink)" strokeWidth="2" strokeLinecap="round" />
  </svg>
);
