/** The tools on the left: one at a time, and none when somebody wants the map alone. */
import { useI18n } from '../../i18n';
import type { Desk } from './desk';
import { mayEdit } from './desk';
import { EditPanel } from './edit/EditPanel';
import { FindPanel } from './find/FindPanel';
import { LayersPanel } from './layers/LayersPanel';
import './side.css';

export const TOOLS = ['layers', 'find', 'edit'] as const;
export type Tool = (typeof TOOLS)[number];

export interface SidePanelProps {
  desk: Desk;
  tool: Tool | null;
  /** The zone that the editor is open on; `null` for a fresh one. */
  editing: string | null;
  onTool: (tool: Tool | null) => void;
}

export function SidePanel({ desk, tool, editing, onTool }: SidePanelProps) {
  const { t } = useI18n();
  const offered = TOOLS.filter((name) => name !== 'edit' || mayEdit(desk.session));
  return (
    <aside className="side" aria-label={t('side.title')}>
      <div className="side-rail" role="toolbar" aria-orientation="vertical" aria-label={t('side.title')}>
        {offered.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={tool === name}
            data-testid={`tool-${name}`}
            onClick={() => onTool(tool === name ? null : name)}
          >
            {t(`side.${name}`)}
          </button>
        ))}
      </div>
      {tool !== null && (
        <div className="side-panel" data-testid={`panel-${tool}`}>
          {tool === 'layers' && <LayersPanel desk={desk} />}
          {tool === 'find' && <FindPanel desk={desk} />}
          {tool === 'edit' && <EditPanel desk={desk} zone={editing} onDone={() => onTool(null)} />}
        </div>
      )}
    </aside>
  );
}
