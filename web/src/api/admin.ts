/** What the administrator's pages ask of the server: how it is, who may sign in, which programs and terminals may speak. */
import { pages, request } from './client';
import type { Role } from './types';

/** `GET /api/health`. What is not known is `null`, never 0. */
export interface Health {
  now: string;
  version: string | null;
  engine_version: number | null;
  started_at: string | null;
  ready: boolean;
  not_ready: string[];
  warnings: string[];
  ingest: {
    fixes_per_s: number | null;
    fixes_total: number | null;
    batches_per_s: number | null;
    waiting: number | null;
    lag_ms: number | null;
    commit_ms_p50: number | null;
    commit_ms_p99: number | null;
    refused_total: number | null;
    late_waiting: number | null;
  };
  disk: { free_bytes: number | null; total_bytes: number | null; database_bytes: number | null };
  /** Absent when what is kept is handed on to no database. */
  database?: { connected: boolean; behind: number; sent: number; uncut: number; error?: string };
  terminals: { online: number | null; approved: number | null; waiting_approval: number | null };
  consoles: number | null;
  vehicles: { total: number | null; online: number | null; silent: number | null };
  zones: number | null;
  alarms_open: number | null;
  engine: { threads: number | null; snapshot_at?: string | null };
  /** Absent from a server that knows no roads. */
  roads?: {
    state: 'ready' | 'loading' | 'none' | 'failed';
    source?: string;
    loaded_at?: string;
    junctions: number;
    length_km: number;
    closures: number;
    closure_epoch: number;
    error?: string;
  };
}

export interface User {
  name: string;
  role: Role;
  created_at: string;
  last_seen_at?: string | null;
}

export interface Token {
  name: string;
  role: Role;
  created_at: string;
  last_used_at?: string | null;
}

/** With its secret, which the server tells this once. */
export interface MadeToken extends Token {
  token: string;
}

export interface Terminal {
  phone: string;
  approved: boolean;
  vehicle: string | null;
  plate: string | null;
  model: string | null;
  terminal_id: string | null;
  /** Its last sign-on named another device than the first one since the server started. */
  device_differs: boolean;
  connected: boolean;
  first_seen_at: string;
}

/** Far more than a site has; a list that goes on for ever ends here. */
const MOST = 100_000;
const named = (path: string, name: string) => `${path}/${encodeURIComponent(name)}`;

export const adminApi = {
  health: () => request<Health>('GET', '/api/health'),

  users: () => pages<User>('/api/users', MOST),
  addUser: (name: string, role: Role, password: string) => request<User>('POST', '/api/users', { name, role, password }),
  changeUser: (name: string, change: { role?: Role; password?: string }) =>
    request<User>('PATCH', named('/api/users', name), change),
  deleteUser: (name: string) => request<void>('DELETE', named('/api/users', name)),

  tokens: () => pages<Token>('/api/tokens', MOST),
  addToken: (name: string, role: Role) => request<MadeToken>('POST', '/api/tokens', { name, role }),
  deleteToken: (name: string) => request<void>('DELETE', named('/api/tokens', name)),

  changeOwnPassword: (old_password: string, password: string) =>
    request<void>('PATCH', '/api/session', { old_password, password }),

  terminals: () => pages<Terminal>('/api/terminals', MOST),
  /** Without a vehicle a fresh one is made from what the terminal registered. */
  approveTerminal: (phone: string, vehicle: string | undefined) =>
    request<Terminal>('POST', `${named('/api/terminals', phone)}/approve`, vehicle === undefined ? {} : { vehicle }),
};
