/** The keys that belong to the whole screen: the map, the tools, looks and help. Those of a part are handled in the part. */
import type { ParkMap } from '../../map/park-map';
import { GROUP_NAMES } from '../../map/sort-of';
import type { Visibility } from '../../map/visibility';
import { noteInRoute } from '../../ui/route';
import type { Tool } from './SidePanel';
import { useAction } from './useKeys';

export interface ScreenKeys {
  park: ParkMap | null;
  visibility: Visibility;
  wall: boolean;
  mayDraw: boolean;
  onBack: () => void;
  onPrint: () => void;
  onHelp: () => void;
  onTool: (tool: Tool) => void;
}

export function useScreenKeys({ park, visibility, wall, mayDraw, onBack, onPrint, onHelp, onTool }: ScreenKeys): void {
  useAction('back', onBack, true, 'last');
  useAction('back', () => noteInRoute({ wall: null }), wall);
  useAction('print', onPrint);
  useAction('wall', () => noteInRoute({ wall: wall ? null : '1' }));
  useAction('map.pick', (event) => (event.target instanceof HTMLCanvasElement ? park?.pickMiddle() : false));
  useAction('layers', ({ key }) => {
    const group = GROUP_NAMES[Number(key) - 1];
    if (group) visibility.toggleGroup(group);
  });
  useAction('help', onHelp);
  useAction('find', () => onTool('find'));
  useAction('measure', () => onTool('measure'));
  useAction('roads', () => onTool('roads'));
  useAction('views', () => onTool('views'));
  useAction('draw', () => onTool('edit'), mayDraw);
  useAction('map.in', () => park?.zoomBy(1));
  useAction('map.out', () => park?.zoomBy(-1));
  useAction('map.fit', () => park?.fit());
}
