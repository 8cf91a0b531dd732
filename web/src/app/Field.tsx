/** A labelled text field of the sign-in and set-up forms. */
export interface FieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  testId: string;
  type?: 'text' | 'password';
  autoComplete: string;
  autoFocus?: boolean;
}

export function Field({ label, value, onChange, testId, type = 'text', autoComplete, autoFocus = false }: FieldProps) {
  return (
    <label className="field">
      <span>{label}</span>
      <input
        required
        type={type}
        value={value}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        autoFocus={autoFocus}
        data-testid={testId}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}
