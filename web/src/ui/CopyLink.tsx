/** Copies an address that opens this very thing, for whoever must look at it too. */
import { useState } from 'react';
import { useI18n } from '../i18n';
import { formatRoute } from './route';

export function CopyLink({ params }: { params: Readonly<Record<string, string>> }) {
  const { t } = useI18n();
  const [copied, setCopied] = useState<boolean | null>(null);
  const link = `${location.origin}${location.pathname}${formatRoute({ page: 'map', params: new Map(Object.entries(params)) })}`;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
    } catch {
      // Only a secure context has a clipboard: the address is shown to be copied by hand.
      setCopied(false);
    }
  };
  return (
    <>
      <button type="button" data-testid="copy-link" onClick={() => void copy()}>
        {t(copied ? 'link.copied' : 'link.copy')}
      </button>
      {copied === false && <input readOnly value={link} aria-label={t('link.copy')} onFocus={(event) => event.target.select()} />}
    </>
  );
}
