import { useState } from 'react';

interface NameInputProps {
  name: string;
  label: string;
  className: string;
  width?: number;
  /** Called with what differs from before, and is not empty. */
  onKeep: (name: string) => void;
  onDone: () => void;
}

const longest = 120;

/** A name while it is typed, where it stands: Enter and leaving keep it, Esc does not. */
export function NameInput({ name, label, className, width, onKeep, onDone }: NameInputProps) {
  const [typed, setTyped] = useState(name);
  const keep = () => {
    const wanted = typed.trim().slice(0, longest);
    if (wanted !== '' && wanted !== name) onKeep(wanted);
    onDone();
  };
  return (
    <input
      className={className}
      style={{ width }}
      aria-label={label}
      // biome-ignore lint/a11y/noAutofocus: the person asked to name it
      autoFocus
      value={typed}
      maxLength={longest}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') keep();
        if (event.key === 'Escape') onDone();
        if (event.key === 'Enter' || event.key === 'Escape') event.preventDefault();
      }}
    />
  );
}
