/** The tools on the left: one at a time, and none when somebody wants the map alone. */
import { useI18n } from '../../i18n';
import type { Desk } from './desk';
import { mayEdit } from '../../ui/may';
import { EditPanel, type Editing } from './edit/EditPanel';
import { FindPanel } from './find/FindPanel';
import { MeasurePanel } from './find/MeasurePanel';
import { ViewsPanel } from './find/ViewsPanel';
import { LayersPanel } from './layers/LayersPanel';
import type { Plans } from './roads/plans';
import { RoadsPanel } from './roads/RoadsPanel';
import './side.css';

export const TOOLS = ['layers', 'find', 'measure', 'roads', 'views', 'edit'] as const;
export type Tool = (typeof TOOLS)[number];

export interface SidePanelProps {
  desk: Desk;
  /** Questions about roads that are open, whichever tool is. */
  plans: Plans;
  tool: Tool | null;
  /** What the editor was asked to open; `null` for nothing in particular. */
  editing: Editing | null;
  onTool: (tool: Tool | null) => void;
}

export function SidePanel({ desk, plans, tool, editing, onTool }: SidePanelProps) {
  const { t } = useI18n();
  const done = () => {
    // The focus goes back to where the panel was opened from.
    document.querySelector<HTMLElement>(`[data-testid="tool-${tool}"]`)?.focus();
    onTool(null);
  };
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
          {tool === 'find' && <FindPanel desk={desk} onDone={done} />}
          {tool === 'measure' && <MeasurePanel desk={desk} onDone={done} />}
          {tool === 'roads' && <RoadsPanel desk={desk} plans={plans} onDone={done} />}
          {tool === 'views' && <ViewsPanel desk={desk} onDone={done} />}
          {tool === 'edit' && <EditPanel desk={desk} editing={editing} onDone={done} />}
        </div>
      )}
    </aside>
  );
}
