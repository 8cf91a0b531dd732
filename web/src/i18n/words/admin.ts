/** Words of the pages beside the map: what the server is doing, and who may sign in. */
export const zh = {
  'page.map': '一张图',
  'page.health': '运行状态',
  'page.accounts': '用户与令牌',
  'page.nav': '页面',
} as const satisfies Record<string, string>;
export const en: Record<keyof typeof zh, string> = {
  'page.map': 'One map',
  'page.health': 'Health',
  'page.accounts': 'Users and tokens',
  'page.nav': 'Pages',
};
