/** The data catalogue as the server tells it (`GET /api/catalogue`). What people say of a collection is a feature of `datasets`. */
import { request } from './client';
import type { Page } from './types';

/** What people say of a collection; dates as they were written. */
export interface Dataset {
  revision: number;
  source?: string;
  owner?: string;
  contact?: string;
  datum?: string;
  as_of?: string;
  update_cycle_days?: number;
  reviewed_at?: string;
  reviewed_by?: string;
  quality_note?: string;
  remarks?: string;
}

/** What is wanting, in how many features, and the ids of the first of them. */
export interface Finding {
  check: string;
  count: number;
  examples: string[];
}

export interface CatalogueItem {
  collection: string;
  title: { zh: string; en: string };
  geometry: string[];
  count: number;
  bbox?: [number, number, number, number];
  changed_at?: string;
  changed_by?: string;
  dataset?: Dataset;
  overdue: boolean;
  last_import?: { at: string; by: string; file: string; rows: number; refused: number };
  quality: Finding[];
}

export const catalogue = async (): Promise<CatalogueItem[]> => (await request<Page<CatalogueItem>>('GET', '/api/catalogue')).items;
