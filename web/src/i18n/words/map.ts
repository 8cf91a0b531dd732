/** Words of the map's side panel, its layers, legend and looks. */
export const zh = {
  'side.title': '工具',
  'side.hide': '收起工具',
  'side.layers': '图层',
  'side.find': '查找',
  'side.edit': '标绘',
} as const satisfies Record<string, string>;
export const en: Record<keyof typeof zh, string> = {
  'side.title': 'Tools',
  'side.hide': 'Hide the tools',
  'side.layers': 'Layers',
  'side.find': 'Find',
  'side.edit': 'Draw',
};
