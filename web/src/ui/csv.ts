/** A table as CSV that Excel opens at a double click: UTF-8 with its mark, lines ended as Excel ends them. */

const MARK = '\uFEFF';

/** A text that a spreadsheet would run as a formula is kept a text. */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) && !/^[+-]?\d+(\.\d+)?$/.test(text) ? `'${text}` : text;
}

function cell(value: string | number | null | undefined): string {
  const text = harmless(value === null || value === undefined ? '' : String(value));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export type Row = readonly (string | number | null | undefined)[];

export function csvOf(head: Row, rows: readonly Row[]): string {
  return MARK + [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** Hands a text, or its parts in turn, to the browser as a file. */
export function saveAs(name: string, parts: readonly BlobPart[], type: string): void {
  const link = document.createElement('a');
  const isText = parts.every((part) => typeof part === 'string');
  link.href = URL.createObjectURL(new Blob([...parts], { type: isText ? `${type};charset=utf-8` : type }));
  link.download = name;
  link.click();
  // The browser reads it after this turn.
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
