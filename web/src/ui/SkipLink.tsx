/** The first thing that Tab reaches: past the bars, to what somebody came for. It moves the focus and leaves the address alone. */
import type { ReactNode } from 'react';

export function SkipLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <a
      className="skip"
      href={`#${to}`}
      onClick={(event) => {
        event.preventDefault();
        document.getElementById(to)?.focus();
      }}
    >
      {children}
    </a>
  );
}
