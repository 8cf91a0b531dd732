import type { Key, Translate } from '../i18n';
import type { Leaf } from '../map/sort-of';

/** What a layer is called. */
export function leafName(leaf: Leaf, t: Translate): string {
  return t(`leaf.${leaf}` as Key);
}
