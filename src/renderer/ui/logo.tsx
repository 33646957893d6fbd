/** Four cells, three squares in ink and one disc in highlighter: the other thing. Never under 14 px, never recoloured. */
export const Logo = ({ size = 15 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 16 16" className="block shrink-0" aria-hidden="true">
    <rect x=".5" y=".5" width="6.6" height="6.6" rx="1.6" fill="var(--ink)" />
    <rect x=".5" y="8.9" width="6.6" height="6.6" rx="1.6" fill="var(--ink)" />
    <rect x="8.9" y="8.9" width="6.6" height="6.6" rx="1.6" fill="var(--ink)" />
    <circle cx="12.2" cy="3.8" r="3.55" fill="var(--signal)" stroke="var(--signal-line)" strokeWidth=".5" />
  </svg>
);
