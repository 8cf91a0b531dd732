/** What the server says of an import, in the page's language. */
import type { ImportJob, PropertySchema, RowReport } from '../../../api/imports';
import { isKey, type Language, type Translate } from '../../../i18n';
import { csvOf } from '../../../ui/csv';
import { placeText, refusalText } from '../../../ui/refused-words';
import { columnName } from '../columns';
import { titlesOf } from './mapping';

/** Why nothing of a file was read, by its code. */
export function failureText({ code }: Pick<ImportJob, 'code'>, t: Translate): string {
  const key = `import.failed.${code ?? ''}`;
  return isKey(key) ? t(key) : t('import.failed.other');
}

/** Why a row was refused, or was repaired. */
export function reasonText({ code, field, value, limit, reason }: RowReport, t: Translate): string {
  if (code === 'missing' && field === 'geometry') return t('import.reason.nowhere');
  if (code === 'swapped') return t('import.reason.swapped', { value });
  // Without what is allowed the sentence would have a hole.
  if (limit === undefined) return reason;
  return refusalText({ status: 400, code, field, value, limit, detail: reason }, t);
}

/** The value without the quotation marks of its JSON. */
export function valueOf({ value }: Pick<RowReport, 'value'>): string {
  return value.replace(/^"(.*)"$/, '$1');
}

/** A field of a feature as the screen calls it. */
export function fieldText(field: string, t: Translate): string {
  if (field === 'id') return t('data.id');
  const property = /^properties\.(\w+)$/.exec(field)?.[1];
  return property ? columnName(property, t) : placeText(field, t);
}

/** A property as the screen calls it, else by its title in the data model. */
export function propertyText(name: string, schema: PropertySchema | undefined, language: Language, t: Translate): string {
  if (isKey(`property.${name}`) || name === 'name' || name === 'name_en') return columnName(name, t);
  const titles = titlesOf(schema?.title ?? '');
  return (language === 'en' ? titles.en : titles.zh) || columnName(name, t);
}

/** The rows of a report for a spreadsheet. */
export function reportCsv({ repaired, refused }: { repaired: readonly RowReport[]; refused: readonly RowReport[] }, t: Translate): string {
  const head = [t('import.csv.row'), t('import.csv.what'), t('import.csv.field'), t('import.csv.value'), t('import.csv.reason'), t('import.csv.server')];
  const line = (what: string) => (one: RowReport) => [one.row, what, fieldText(one.field, t), valueOf(one), reasonText(one, t), `${one.code}: ${one.reason}`];
  return csvOf(head, [...refused.map(line(t('import.refused'))), ...repaired.map(line(t('import.repaired')))]);
}
