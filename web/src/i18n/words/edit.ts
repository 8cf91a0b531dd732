/** Words of: edit. Both languages side by side; the keys of one are the keys of the other. */
export const zh = {} as const satisfies Record<string, string>;
export const en: Record<keyof typeof zh, string> = {};
