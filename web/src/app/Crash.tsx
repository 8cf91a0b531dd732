/**
 * What stands instead of a screen that failed while it was drawn: an empty page would look like a quiet night. It says so,
 * and opens the page afresh by itself, since nobody may be at the desk.
 */
import { Component, type ReactNode } from 'react';
import { useI18n } from '../i18n';
import { Door } from './Door';

const RELOAD_MS = 10_000;

export class Crash extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(error: unknown): void {
    console.error(error);
    window.setTimeout(() => location.reload(), RELOAD_MS);
  }

  override render(): ReactNode {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

function Failed() {
  const { t } = useI18n();
  return (
    <Door>
      <p role="alert" data-testid="crash">
        {t('app.crash')}
      </p>
      <button type="button" className="primary" onClick={() => location.reload()}>
        {t('app.crash.again')}
      </button>
    </Door>
  );
}
