/** CSV files to and from the person. */

/** The text of a file as it has to be: UTF-8; null for anything else. */
export async function readText(file: File): Promise<string | null> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  } catch {
    return null;
  }
}

export const notUtf8 = 'The file is not UTF-8 text. Save it as “CSV UTF-8” and choose it again.';

/** Hands a CSV text to the browser as a download; `name` is without its ending. */
export function saveCsv(name: string, csv: string): void {
  // The mark tells spreadsheets that it is UTF-8.
  const file = URL.createObjectURL(new Blob(['\uFEFF', csv], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = file;
  link.download = `${name}.csv`;
  link.click();
  URL.revokeObjectURL(file);
}
