/** Copies an address that opens this very thing, for whoever must look at it too. */
import { useState } from 'react';
import { useI18n } from '../i18n';
import { copyText } from './copy';
import { formatRoute } from './route';

export function CopyLink({ params }: { params: Readonly<Record<string, string>> }) {
  const { t } = useI18n();
  const [copied, setCopied] = useState<boolean | null>(null);
  const link = `${location.origin}${location.pathname}${formatRoute({ page: 'map', params: new Map(Object.entries(params)) })}`;
  return (
    <>
      <button type="button" data-testid="copy-link" onClick={() => void copyText(link).then(setCopied)}>
        {t(copied ? 'link.copied' : 'link.copy')}
      </button>
      {/* Where the browser allows none, it is shown to be copied by hand. */}
      {copied === false && <input readOnly value={link} aria-label={t('link.copy')} onFocus={(event) => event.target.select()} />}
    </>
  );
}
