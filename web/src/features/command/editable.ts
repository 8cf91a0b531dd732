/** The collections that can be edited at the console. */
export const EDITABLE = [
  'zones',
  'closures',
  'gates',
  'hazard-sources',
  'protection-targets',
  'resources',
  'closed-areas',
  'plants',
  'roads',
  'routes',
  'parks',
] as const;
export type Editable = (typeof EDITABLE)[number];

export function isEditable(name: string): name is Editable {
  return (EDITABLE as readonly string[]).includes(name);
}
