/** A field for a new password, with the rules that it keeps or breaks as it is typed. */
import { useId, useState } from 'react';
import { useI18n } from '../i18n';
import { LEAST_LENGTH, randomPassword, RULES, rulesKept } from './password';
import './password.css';

export interface NewPasswordProps {
  user: string;
  value: string;
  onChange: (value: string) => void;
}

export function NewPassword({ user, value, onChange }: NewPasswordProps) {
  const { t } = useI18n();
  const [shown, setShown] = useState(false);
  const id = useId();
  const kept = rulesKept(value, user);
  return (
    <div className="new-password">
      <label className="field">
        <span>{t('password.new')}</span>
        <input
          required
          type={shown ? 'text' : 'password'}
          value={value}
          autoComplete="new-password"
          spellCheck={false}
          aria-describedby={id}
          data-testid="new-password"
          onChange={(event) => onChange(event.target.value)}
        />
      </label>
      <div className="new-password-acts">
        <label className="check">
          <input type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} />
          {t('password.show')}
        </label>
        <button
          type="button"
          onClick={() => {
            setShown(true);
            onChange(randomPassword());
          }}
        >
          {t('password.random')}
        </button>
      </div>
      <ul id={id} className="password-rules">
        {RULES.map((rule) => (
          <li key={rule} className={kept[rule] ? 'kept' : ''}>
            <span aria-hidden="true">{kept[rule] ? '✓' : '○'}</span>
            <span className="unseen">{t(kept[rule] ? 'password.kept' : 'password.open')}</span>{' '}
            {t(`password.rule.${rule}`, rule === 'length' ? { least: LEAST_LENGTH } : {})}
          </li>
        ))}
      </ul>
    </div>
  );
}
