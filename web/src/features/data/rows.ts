/** Rows of the table: what a feature says, without its shape, of which only the box is kept: 100,000 zones fit into a page. */
import type { Feature, FeatureProperties } from '../../api/types';
import { extentOf, type Extent } from '../../map/extent';

export interface TableRow {
  id: string;
  properties: FeatureProperties;
  /** `null` when it has no place. */
  extent: Extent | null;
}

export function rowOf(feature: Feature): TableRow {
  return { id: String(feature.id), properties: feature.properties, extent: extentOf([feature]) };
}
